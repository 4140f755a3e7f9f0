package dev.altiplano.server.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies bound to records: what is taken, what is refused and in which words. */
class JsonTest {

    record Inner(@Nullable Boolean yes, @Nullable StringList names) {}

    record Body(
            @Nullable String text,
            @Nullable Long wholeNumber,
            @Nullable Double number,
            @Nullable Inner inner,
            @Nullable List<Inner> several,
            @Nullable IntList ids,
            @Nullable TokenBias bias,
            @Nullable Unsupported never) {}

    private static final MaxEntries BOUND = new MaxEntries(2, "the.setting");

    private static Body read(String json) {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Body read(byte[] json) {
        return Json.read(json, json.length, Body.class, Map.of("bias", BOUND, "names", BOUND));
    }

    @Test
    void bindsWhatIsThereAndLeavesTheRestNull() {
        Body body = read(
                "{\"whole_number\":16.0,\"number\":3,\"inner\":{\"names\":\"a\"},\"ids\":[1,-2,3.0],\"text\":null}");
        assertThat(body.wholeNumber()).isEqualTo(16);
        assertThat(body.number()).isEqualTo(3);
        assertThat(body.inner()).isEqualTo(new Inner(null, new StringList(List.of("a"))));
        assertThat(body.ids().values()).containsExactly(1, -2, 3);
        assertThat(body.text()).isNull();
        assertThat(read("{\"other\":null,\"inner\":{\"other\":null,\"yes\":true}}")
                        .inner())
                .isEqualTo(new Inner(true, null));
        assertThat(read("{\"inner\":{\"names\":\"\"}}").inner().names().strings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"text\":1} | text | text must be a string, not 1",
                "{\"whole_number\":\"1\"} | whole_number | whole_number must be an integer of 64 bits, not a string",
                "{\"whole_number\":1.5} | whole_number | whole_number must be an integer of 64 bits, not 1.5",
                "{\"number\":true} | number | number must be a number, not a boolean",
                "{\"inner\":[]} | inner | inner must be an object, not an array",
                "{\"inner\":{\"yes\":1}} | inner.yes | inner.yes must be true or false, not 1",
                "{\"inner\":{\"no\":1}} | inner.no | Unrecognized field: inner.no",
                "{\"several\":{}} | several | several must be an array, not an object",
                "{\"several\":[{},{\"yes\":\"\"}]} | several[1].yes | several[1].yes must be true or false, not a string",
                "{\"ids\":[1,\"a\"]} | ids | ids must be an integer, not a string",
                "{\"ids\":[4294967297]} | ids | ids must be an integer of 32 bits, not 4294967297",
                "{\"bias\":{\"x\":1}} | bias | bias must be an object with token ids as keys",
                "{\"bias\":{\"1\":1,\"2\":1,\"3\":1}} | bias | bias must have at most 2 entries (the.setting)",
                "{\"inner\":{\"names\":[\"a\",\"b\",\"c\"]}} | inner.names | inner.names must have at most 2 entries (the.setting)",
                "{\"inner\":{\"names\":[\"\"]}} | inner.names | inner.names must have no empty strings",
                "{\"never\":1} | never | never is not supported",
                "{\"no]\":[1]} | no] | Unrecognized field: no]",
                "{\"a[0]\":{\"b]\":1}} | a[0] | Unrecognized field: a[0]",
                "{\"text\":\"\\ud800\"} | text | text must be well-formed Unicode",
                "{\"text\":\"a\",\"text\":\"b\"} | text | a field is given twice",
            })
    void refusesByPath(String json, String field, String message) {
        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(InvalidJsonException.class, e -> {
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.getMessage()).contains(message);
            // A value of the right kind is wrong for another reason.
            assertThat(message.contains(", not ")).isEqualTo(e.getMessage().contains(", not "));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"text\"",
                "{\"text\":\"a\"",
                "{}{}",
                "{} secret",
                "{text:1}",
                "{\"text\":secret}",
                "{\"text\":'secret'}",
                "{\"secret\":1}",
                "{\"text\":\"a\",}",
                "{\"ids\":[1,2",
                "{\"number\":01}",
                "{\"text\":\"\\secret\"}"
            })
    void repeatsNeitherTheBodyNorItsParser(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageNotContainingAny("Source", "Jackson", "JsonToken", "java.", "tools.", "dev.", "'", "\\");
        if (!json.contains("\"secret\"")) {
            assertThatThrownBy(() -> read(json)).hasMessageNotContaining("secret");
        }
    }

    @Test
    void boundsDepthNamesAndNumbers() {
        for (String json : List.of(
                "{\"inner\":" + "[".repeat(100_000),
                "{\"" + "k".repeat(100_000) + "\":1}",
                "{\"number\":" + "9".repeat(100_000) + "}")) {
            assertThatThrownBy(() -> read(json))
                    .isInstanceOf(InvalidJsonException.class)
                    .message()
                    .hasSizeLessThan(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32", "UTF-16"})
    void takesUtf8Alone(String charset) {
        byte[] json = "{\"text\":\"é\"}".getBytes(Charset.forName(charset));
        assertThatThrownBy(() -> read(json)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void refusesBytesThatAreNoCharacters() {
        for (int[] bad :
                new int[][] {{0xC0, 0x80}, {0xC1, 0xBF}, {0xE0, 0x80, 0xAF}, {0xED, 0xA0, 0x80}, {0xF5, 0x80}, {0xFF}
                }) {
            byte[] json = "{\"text\":\"....\"}".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bad.length; i++) {
                json[9 + i] = (byte) bad[i];
            }
            assertThatThrownBy(() -> read(json))
                    .hasMessageContaining("not UTF-8")
                    .hasMessageContaining("9");
        }
        byte[] bom = "\uFEFF{\"text\":\"é𝄞\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(read(bom).text()).isEqualTo("é𝄞");
    }

    @Test
    void acceptsFieldsThatAskForNothing() {
        for (String nothing : List.of("null", "false", "0", "0.0", "\"\"", "[]", "{}")) {
            read("{\"never\":" + nothing + ",\"text\":\"after\"}");
        }
        for (String something : List.of("true", "1", "\"a\"", "[0]", "{\"a\":null}")) {
            assertThatThrownBy(() -> read("{\"never\":" + something + "}"))
                    .isInstanceOfSatisfying(
                            InvalidJsonException.class,
                            e -> assertThat(e.code()).isEqualTo("unsupported_parameter"));
        }
    }
}
