package dev.altiplano.engine.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Reference;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TokenTextsTest {

    private final Tokenizer tokenizer = Tokenizers.load(Reference.FOLDER.resolve("tokenizer.model"));
    private final TokenTexts texts = new TokenTexts(tokenizer);

    @Test
    void givesPiecesTheirTextAndNamesWhatHasNone() {
        assertThat(texts.of(tokenizer.bos())).isEqualTo("<s>");
        assertThat(texts.of(tokenizer.encode(" ")[0])).isEqualTo("  ");
        assertThat(texts.of(3 + 0xC3)).isEqualTo("<0xC3>");
        assertThat(texts.of(3 + '\n')).isEqualTo("\n");
    }

    @Test
    void noTwoTokensHaveTheSameName() {
        Set<String> all = new HashSet<>();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            assertThat(all.add(texts.of(id))).as("%d: %s", id, texts.of(id)).isTrue();
        }
    }
}
