package dev.altiplano.server.api.structured;

import dev.altiplano.engine.grammar.GrammarSource;

/**
 * What a text must follow, and the field of the body that asks for it.
 *
 * @param field knows what the client calls it
 */
public record AskedGrammar(GrammarSource source, GrammarField field) {}
