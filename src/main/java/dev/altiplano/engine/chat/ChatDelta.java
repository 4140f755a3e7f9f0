package dev.altiplano.engine.chat;

/** What a piece of generated text adds to the assistant's message. */
public sealed interface ChatDelta {

    /** More content. */
    record Content(String text) implements ChatDelta {}

    /**
     * A call begins.
     *
     * @param index of the call in the message, from 0
     */
    record CallBegin(int index, String id, String name) implements ChatDelta {}

    /** More of the arguments' JSON text of the call {@code index}. */
    record CallArguments(int index, String fragment) implements ChatDelta {}
}
