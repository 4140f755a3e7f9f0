package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A model that chooses evenly among the allowed tokens, and prefers to end where it has said enough. */
public final class RandomText {

    private final TokenVocabulary vocabulary;
    private final byte[][] tokens;
    private final Random random;

    RandomText(TokenVocabulary vocabulary, byte[][] tokens, long seed) {
        this.vocabulary = vocabulary;
        this.tokens = tokens;
        random = new Random(seed);
    }

    /** A text of the grammar. After {@code maxTokens} tokens the shortest way to an end is sought with {@code patience} more. */
    String generate(CompiledGrammar grammar, int maxTokens, int patience) {
        GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < maxTokens + patience; i++) {
            TokenMask mask = matcher.mask();
            assertThat(mask.isEmpty()).as("stuck after %s", text).isFalse();
            assertThat(mask.allows(1)).isEqualTo(matcher.isAccepting());
            int token = i >= maxTokens ? closing(mask) : choose(mask);
            assertThat(matcher.allows(token)).isTrue();
            assertThat(matcher.accept(token)).isTrue();
            if (token == 1) {
                assertThat(matcher.mask().isEmpty()).isTrue();
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(tokens[token]);
        }
        throw new AssertionError("no end in sight of " + text);
    }

    /** A text of the grammar that begins with {@code prefix}; its end is sought with {@code patience} tokens. */
    String complete(CompiledGrammar grammar, byte[] prefix, int patience) {
        GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (byte b : prefix) {
            text.write(b);
            assertThat(matcher.accept(2 + (b & 0xFF)))
                    .as("no text begins with %s", text)
                    .isTrue();
        }
        for (int i = 0; i < patience; i++) {
            TokenMask mask = matcher.mask();
            assertThat(mask.isEmpty()).as("stuck after %s", text).isFalse();
            int token = closing(mask);
            assertThat(matcher.accept(token)).isTrue();
            if (token == 1) {
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(tokens[token]);
        }
        throw new AssertionError("no end in sight of " + text);
    }

    private int choose(TokenMask mask) {
        int skip = random.nextInt(mask.count());
        int token = mask.next(0);
        while (skip-- > 0) {
            token = mask.next(token + 1);
        }
        return token;
    }

    /** A token that closes something if there is one. */
    private int closing(TokenMask mask) {
        if (mask.allows(1)) {
            return 1;
        }
        for (char c : "\"}]".toCharArray()) {
            if (mask.allows(2 + c) && (c == '"' || random.nextInt(8) > 0)) {
                return 2 + c;
            }
            if (c == '"' && random.nextBoolean()) {
                char other = "n/ZT0159a".charAt(random.nextInt(9));
                if (mask.allows(2 + other)) {
                    return 2 + other;
                }
            }
        }
        return choose(mask);
    }
}
