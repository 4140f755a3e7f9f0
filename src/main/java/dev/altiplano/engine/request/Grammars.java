package dev.altiplano.engine.request;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.grammar.GrammarCache;
import dev.altiplano.engine.grammar.GrammarMatcher;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.TokenVocabulary;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.sample.GrammarMask;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Grammars of requests, compiled in the submitting thread and shared where they are equal. Thread-safe. */
final class Grammars {

    private static final long MAX_CACHED_STATES = 4_000_000;

    private final Tokenizer tokenizer;
    private final GrammarCache compiled = new GrammarCache(GrammarLimits.DEFAULT, MAX_CACHED_STATES);
    private volatile @Nullable TokenVocabulary vocabulary;

    Grammars(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Compiles; throws {@link InvalidRequestException} where the grammar is wrong or too large. */
    CompiledGrammar compile(GrammarSource source) {
        try {
            CompiledGrammar grammar = compiled.get(source);
            vocabulary();
            return grammar;
        } catch (GrammarException e) {
            throw new InvalidRequestException(
                    InvalidRequestException.GRAMMAR, "invalid_grammar", String.valueOf(e.getMessage()));
        }
    }

    /** The mask of one sequence. */
    GrammarMask mask(CompiledGrammar grammar) {
        return new GrammarMask(new GrammarMatcher(grammar, vocabulary()));
    }

    /** Made when the first grammar comes: most services never need it. */
    // Null stands for a token without text.
    @SuppressWarnings("NullAway")
    private TokenVocabulary vocabulary() {
        TokenVocabulary made = vocabulary;
        if (made == null) {
            synchronized (this) {
                made = vocabulary;
                if (made == null) {
                    byte[] @Nullable [] tokens = new byte[tokenizer.vocabularySize()][];
                    for (int id = 0; id < tokens.length; id++) {
                        byte[] bytes = tokenizer.hasToken(id) && !tokenizer.isEnd(id) ? tokenizer.bytes(id) : null;
                        tokens[id] = bytes == null || bytes.length == 0 ? null : bytes;
                    }
                    made = new TokenVocabulary(
                            tokens,
                            IntStream.range(0, tokens.length)
                                    .filter(tokenizer::isEnd)
                                    .toArray());
                    vocabulary = made;
                }
            }
        }
        return made;
    }
}
