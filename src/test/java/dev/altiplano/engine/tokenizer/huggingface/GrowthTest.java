package dev.altiplano.engine.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.rules.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules that would make a short text long are refused where they are read. */
final class GrowthTest {

    private static Map<String, Object> replace(String kind, String pattern, String content) {
        return Map.of("type", "Replace", "pattern", Map.of(kind, pattern), "content", content);
    }

    private static Tree normalizer(List<Map<String, Object>> steps) {
        return new Tree("tokenizer.json: normalizer", Map.of("type", "Sequence", "normalizers", steps));
    }

    private static Tree decoder(List<Map<String, Object>> steps) {
        return new Tree("tokenizer.json: decoder", Map.of("type", "Sequence", "decoders", steps));
    }

    @Test
    void stepsThatDoubleATextAreRefusedByTheirKey() {
        List<Map<String, Object>> doubling = Collections.nCopies(40, replace("String", "a", "aa"));
        refused(normalizer(doubling), "tokenizer.json: normalizer: normalizers[6]");
        assertThatThrownBy(() -> DecoderReader.ofPieces(decoder(doubling)))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("tokenizer.json: decoder: decoders[6]");
        refused(normalizer(Collections.nCopies(40, replace("Regex", "", "a"))), "times as long");
        refused(normalizer(Collections.nCopies(40, Map.of("type", "Prepend", "prepend", "abc"))), "times as long");
        // Each turns one character into one that Unicode's form makes 18 of.
        List<Map<String, Object>> forms = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            forms.add(replace("Regex", "\\p{L}", "\uFDFA"));
            forms.add(Map.of("type", "NFKC"));
        }
        refused(normalizer(forms), "times as long");
    }

    @Test
    void longContentsAreRefused() {
        String megabyte = "a".repeat(1 << 20);
        refused(normalizer(List.of(replace("String", " ", megabyte))), "content has 1048576 characters");
        refused(normalizer(List.of(Map.of("type", "Prepend", "prepend", megabyte))), "prepend has 1048576 characters");
        Map<String, Object> metaspace = Map.of("type", "Metaspace", "replacement", "");
        assertThatThrownBy(() -> DecoderReader.ofPieces(decoder(List.of(metaspace))))
                .hasMessageContaining("is not one character");
    }

    @Test
    void whatRealModelsDoIsRead() {
        List<Map<String, Object>> steps = new ArrayList<>(List.of(
                Map.of("type", "NFKD"),
                Map.of("type", "Lowercase"),
                Map.of("type", "StripAccents"),
                Map.of("type", "NFC"),
                replace("Regex", " {2,}", " "),
                Map.of("type", "Prepend", "prepend", "\u2581"),
                replace("String", " ", "\u2581"),
                replace("String", "``", "\"")));
        steps.addAll(Collections.nCopies(40, replace("String", "\u2019", "'")));
        assertThat(NormalizerReader.read(normalizer(steps)).apply("A  b", Place.START))
                .isEqualTo("\u2581a\u2581b");
    }

    private static void refused(Tree rule, String reason) {
        assertThatThrownBy(() -> NormalizerReader.read(rule))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining(reason);
    }
}
