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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Grammars of requests, compiled in the submitting thread and shared where they are equal. Thread-safe. */
final class Grammars {

    private static final long MAX_CACHED_STATES = 4_000_000;

    private final Tokenizer tokenizer;
    private final Map<Integer, String> marks;
    private final GrammarCache compiled = new GrammarCache(GrammarLimits.DEFAULT, MAX_CACHED_STATES);
    private volatile @Nullable TokenVocabulary plain;
    private volatile @Nullable TokenVocabulary marked;

    /** @param marks control tokens that stand around calls of tools, with the text that they are read as */
    Grammars(Tokenizer tokenizer, Map<Integer, String> marks) {
        this.tokenizer = tokenizer;
        this.marks = Map.copyOf(marks);
    }

    /** Compiles; throws {@link InvalidRequestException} where the grammar is wrong or too large. */
    CompiledGrammar compile(GrammarSource source) {
        try {
            CompiledGrammar grammar = compiled.get(source);
            vocabulary(source instanceof GrammarSource.Tagged);
            return grammar;
        } catch (GrammarException e) {
            throw new InvalidRequestException(
                    InvalidRequestException.GRAMMAR, "invalid_grammar", String.valueOf(e.getMessage()));
        }
    }

    /**
     * The mask of one sequence.
     *
     * @param tagged whether marks that are control tokens are text that the grammar reads; elsewhere they are forbidden
     */
    GrammarMask mask(CompiledGrammar grammar, boolean tagged) {
        return new GrammarMask(new GrammarMatcher(grammar, vocabulary(tagged)));
    }

    /** Made when the first grammar comes: most services never need it. */
    private TokenVocabulary vocabulary(boolean tagged) {
        boolean differs = tagged && !marks.isEmpty();
        TokenVocabulary made = differs ? marked : plain;
        if (made == null) {
            synchronized (this) {
                made = differs ? marked : plain;
                if (made == null) {
                    made = make(differs ? marks : Map.of());
                    if (differs) {
                        marked = made;
                    } else {
                        plain = made;
                    }
                }
            }
        }
        return made;
    }

    // Null stands for a token without text.
    @SuppressWarnings("NullAway")
    private TokenVocabulary make(Map<Integer, String> spelled) {
        byte[] @Nullable [] tokens = new byte[tokenizer.vocabularySize()][];
        for (int id = 0; id < tokens.length; id++) {
            String mark = spelled.get(id);
            byte[] bytes = mark != null
                    ? mark.getBytes(StandardCharsets.UTF_8)
                    : tokenizer.hasToken(id) && !tokenizer.isEnd(id) ? tokenizer.bytes(id) : null;
            tokens[id] = bytes == null || bytes.length == 0 ? null : bytes;
        }
        return new TokenVocabulary(
                tokens,
                IntStream.range(0, tokens.length).filter(tokenizer::isEnd).toArray());
    }
}
