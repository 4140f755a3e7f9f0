package dev.altiplano.engine;

import dev.altiplano.engine.chat.ChatRequest;

/** What a completion continues. */
public sealed interface Prompt {

    /** Text, which gets the model's beginning of sequence in front; never read as control tokens. */
    record Text(String text) implements Prompt {}

    /**
     * A conversation, written out by the model's chat template; what it holds is never read as control tokens.
     *
     * @param maxTokens where it has more, its oldest turns are left out, but not what the system says; 0 keeps all
     */
    record Chat(ChatRequest conversation, int maxTokens) implements Prompt {

        /** A whole conversation. */
        public Chat(ChatRequest conversation) {
            this(conversation, 0);
        }
    }

    /** Token ids, taken as they are. */
    record Ids(int[] ids) implements Prompt {}
}
