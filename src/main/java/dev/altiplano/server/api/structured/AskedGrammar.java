package dev.altiplano.server.api.structured;

import dev.altiplano.engine.grammar.GrammarSource;

/**
 * What a text must follow, and the field of the body that asks for it.
 *
 * @param field knows what the client calls it
 * @param ofContent whether it is for content alone, as OpenAI's {@code response_format}: calls do not follow it
 */
public record AskedGrammar(GrammarSource source, GrammarField field, boolean ofContent) {

    /** One that the whole text must follow. */
    public AskedGrammar(GrammarSource source, GrammarField field) {
        this(source, field, false);
    }
}
