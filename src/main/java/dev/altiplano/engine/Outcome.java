package dev.altiplano.engine;

/** How a request ended; every request has exactly one. */
public enum Outcome {
    /** All choices ended by the model's end or a stop sequence. */
    STOP,
    /** At least one choice reached its length, the others stopped. */
    LENGTH,
    /** The client left, read too slowly, or cancelled. */
    CANCELLED,
    /** The deadline passed. */
    TIMEOUT,
    /** It was refused at submission. */
    REJECTED,
    /** Something failed, or the service stopped before it was done. */
    ERROR
}
