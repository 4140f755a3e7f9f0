package dev.altiplano.server.lifecycle;

/** There is no engine that takes requests at the moment. */
public final class NotReadyException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient EngineState state;

    NotReadyException(EngineState state) {
        super(String.valueOf(state), null, false, false);
        this.state = state;
    }

    /** What there is instead. */
    public EngineState state() {
        return state;
    }
}
