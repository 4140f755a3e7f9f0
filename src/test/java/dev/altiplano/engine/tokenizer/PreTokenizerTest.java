package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scanners against the regular expressions that document them. */
class PreTokenizerTest {

    private static final Pattern GPT_2 =
            pattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private static final Pattern LLAMA_3 =
            pattern("(?iu:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    private static Pattern pattern(String documented) {
        // Java's \s is ASCII; the tokenizers' is Unicode's White_Space.
        return Pattern.compile(documented
                .replace("[^\\s", "[^\\p{IsWhite_Space}")
                .replace("\\s", "\\p{IsWhite_Space}")
                .replace("\\S", "\\P{IsWhite_Space}"));
    }

    @Test
    void splitsKnownTexts() {
        assertThat(split(PreTokenizer.LLAMA_3, "Hello  world's 12345 things!\n\n  I'LL go"))
                .containsExactly(
                        "Hello", " ", " world", "'s", " ", "123", "45", " things", "!\n\n", " ", " I", "'LL", " go");
        assertThat(split(PreTokenizer.GPT_2, "Hello  world's 12345 things!\n\n  I'LL go"))
                .containsExactly(
                        "Hello", " ", " world", "'s", " 12345", " things", "!", "\n\n ", " I", "'", "LL", " go");
        assertThat(split(PreTokenizer.SMOLLM, "in 1984  ok  7"))
                .containsExactly("in", " ", "1", "9", "8", "4", " ", " ok", "  ", "7");
    }

    @Test
    void gpt2EqualsItsExpression() {
        equalsExpression(PreTokenizer.GPT_2, GPT_2, 11);
    }

    @Test
    void llama3EqualsItsExpression() {
        equalsExpression(PreTokenizer.LLAMA_3, LLAMA_3, 12);
    }

    private static void equalsExpression(PreTokenizer rule, Pattern pattern, int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String text =
                    round % 2 == 0 ? dense(random) : RandomText.cleaned(RandomText.of(random, random.nextInt(30)));
            List<String> expected = new ArrayList<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                expected.add(matcher.group());
            }
            assertThat(split(rule, text)).as("'%s'", text).isEqualTo(expected);
            assertThat(String.join("", expected)).isEqualTo(text);
        }
    }

    /** Short texts over few characters, one or two of each class. */
    private static String dense(Random random) {
        int[] alphabet = {
            ' ', ' ', '\n', '\r', '\t', '\'', 's', 'R', 'e', 'l', 'L', '1', '\u0660', '.', '\u00A0', '\u4F60', 0x1F600,
            0x17F, 0x1D7CE
        };
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    @Test
    void smollmIsGpt2BetweenSingleNumbers() {
        Random random = new Random(13);
        Pattern number = Pattern.compile("\\p{N}|\\P{N}+");
        for (int round = 0; round < 5000; round++) {
            String text = dense(random);
            List<String> expected = new ArrayList<>();
            Matcher parts = number.matcher(text);
            while (parts.find()) {
                Matcher words = GPT_2.matcher(parts.group());
                while (words.find()) {
                    expected.add(words.group());
                }
            }
            assertThat(split(PreTokenizer.SMOLLM, text)).as("'%s'", text).isEqualTo(expected);
        }
    }

    @Test
    void classesAreThoseOfTheExpressions() {
        Matcher letter = Pattern.compile("\\p{L}").matcher("");
        Matcher number = Pattern.compile("\\p{N}").matcher("");
        Matcher space = Pattern.compile("\\p{IsWhite_Space}").matcher("");
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            byte charClass = CharClass.of(codePoint);
            String one = Character.toString(codePoint);
            if (letter.reset(one).matches() != (charClass == CharClass.LETTER)
                    || number.reset(one).matches() != (charClass == CharClass.NUMBER)
                    || space.reset(one).matches() != CharClass.isSpace(charClass)) {
                assertThat(charClass).as("class of U+%04X", codePoint).isNegative();
            }
        }
    }

    @Test
    void unknownNamesAreRefused() {
        assertThat(PreTokenizer.named("llama-bpe")).isEqualTo(PreTokenizer.LLAMA_3);
        assertThat(PreTokenizer.named("gpt-2")).isEqualTo(PreTokenizer.GPT_2);
        assertThatThrownBy(() -> PreTokenizer.named("tekken"))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("'tekken'")
                .hasMessageContaining("llama-bpe");
    }

    private static List<String> split(PreTokenizer rule, String text) {
        char[] chars = text.toCharArray();
        List<String> words = new ArrayList<>();
        for (int from = 0; from < chars.length; ) {
            int end = rule.segmentEnd(chars, from, chars.length);
            while (from < end) {
                int next = rule.next(chars, from, end);
                words.add(text.substring(from, next));
                from = next;
            }
        }
        return words;
    }
}
