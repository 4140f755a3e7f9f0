package dev.altiplano.engine.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class InfillTest {

    private static Tokenizer tokenizer(String... more) {
        List<String> pieces = new ArrayList<>(List.of("<unk>", "<s>", "</s>", "▁", "a", "b", "c", "▁a", "▁b"));
        pieces.addAll(List.of(more));
        int[] kinds = new int[pieces.size()];
        Arrays.fill(kinds, 1);
        kinds[0] = 2;
        Arrays.fill(kinds, 1, 3, 3);
        Arrays.fill(kinds, 9, kinds.length, 3);
        float[] scores = new float[pieces.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = -i;
        }
        return SentencePieceTokenizer.of(pieces, scores, kinds, 1, 2, 0, true, true);
    }

    private static String encode(Tokenizer tokenizer, String before, String after) {
        return Arrays.stream(new Infill(tokenizer).encode(before, after))
                .mapToObj(tokenizer::piece)
                .collect(Collectors.joining(" "));
    }

    /** What the reference code of Code Llama encodes: a space in front of the first part alone. */
    @Test
    void writesCodeLlamasOrder() {
        Tokenizer tokenizer = tokenizer("▁<PRE>", "▁<SUF>", "▁<MID>");
        assertThat(encode(tokenizer, "a", "b")).isEqualTo("<s> ▁<PRE> ▁a ▁<SUF> b ▁<MID>");
        assertThat(encode(tokenizer, "", "c a")).isEqualTo("<s> ▁<PRE> ▁<SUF> c ▁a ▁<MID>");
    }

    @Test
    void writesTheTextBehindTheGapFirstWhereTheModelDoes() {
        assertThat(encode(tokenizer("[PREFIX]", "[SUFFIX]"), "a", "b")).isEqualTo("<s> [SUFFIX] b [PREFIX] ▁a");
    }

    @Test
    void refusesByNameForOtherModels() {
        assertThatThrownBy(() -> encode(tokenizer("<fim_prefix>", "<fim_suffix>"), "a", "b"))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.field()).isEqualTo("suffix"));
    }
}
