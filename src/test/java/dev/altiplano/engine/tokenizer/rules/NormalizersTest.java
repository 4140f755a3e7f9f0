package dev.altiplano.engine.tokenizer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.tokenizer.regex.Regex;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NormalizersTest {

    private static String apply(Normalizer normalizer, String text) {
        return normalizer.apply(text, Place.START);
    }

    @Test
    void eachDoesWhatItsNameSays() {
        assertThat(apply(Normalizers.lowercase(), "ÀΣ\u0130ǅ\uD801\uDC00")).isEqualTo("àσi\u0307ǆ\uD801\uDC28");
        assertThat(apply(Normalizers.strip(true, false), " \u3000a b \n")).isEqualTo("a b \n");
        assertThat(apply(Normalizers.strip(false, true), " a b \n")).isEqualTo(" a b");
        assertThat(apply(Normalizers.stripAccents(), "e\u0301x")).isEqualTo("ex");
        assertThat(apply(Normalizers.replace(Regex.compile("\\s+"), "_"), "a  b\nc"))
                .isEqualTo("a_b_c");
        assertThat(apply(Normalizers.prepend("_"), "")).isEmpty();
        assertThat(Normalizers.prepend("_").apply("a", Place.AFTER_TOKEN)).isEqualTo("_a");
        assertThat(Normalizers.prepend("_").apply("a", Place.CONTINUED)).isEqualTo("a");
        assertThat(Normalizers.prependOnce("_").apply("a", Place.AFTER_TOKEN)).isEqualTo("a");
        assertThat(apply(
                        Normalizer.of(List.of(Normalizers.unicode(Form.NFKC), Normalizers.lowercase())),
                        "\uFB01\u2460A"))
                .isEqualTo("fi1a");
    }

    @Test
    void longRunsOfMarksKeepTheirForms() {
        int[] marks = {
            0x301, 0x327, 0x323, 0x300, 0x345, 0x5B0, 0x316, 0x344, 0x34F, 0x903, 0x334, 0x1D165, 0xF71, 0xF73
        };
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder("a");
            for (int i = random.nextInt(300); i > 0; i--) {
                text.appendCodePoint(marks[random.nextInt(marks.length)]);
            }
            text.append("e\u0301");
            for (Form form : Form.values()) {
                assertThat(apply(Normalizers.unicode(form), text.toString()))
                        .isEqualTo(java.text.Normalizer.normalize(text, form));
            }
        }
    }
}
