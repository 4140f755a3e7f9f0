package dev.altiplano.engine.tokenizer.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.rules.Splitters.PrependScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules against the expressions that define them, as Java reads those, and against what Hugging Face's library gives. */
class SplitterTest {

    private static final Pattern GPT_2 =
            pattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private static final Pattern LLAMA_3 =
            pattern("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
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
        String text = "Hello  world's 12345 things!\n\n  I'LL go";
        assertThat(split(gguf("llama-bpe"), text))
                .containsExactly(
                        "Hello", " ", " world", "'s", " ", "123", "45", " things", "!\n\n", " ", " I", "'LL", " go");
        assertThat(split(gguf("gpt-2"), text))
                .containsExactly(
                        "Hello", " ", " world", "'s", " 12345", " things", "!", "\n\n ", " I", "'", "LL", " go");
        assertThat(split(gguf("smollm"), "in 1984  ok  7"))
                .containsExactly("in", " ", "1", "9", "8", "4", " ", " ok", "  ", "7");
        assertThat(split(gguf("deepseek-llm"), "Hi there, \u4F60\u597D 2024\n x"))
                .containsExactly("Hi", " there", ",", " ", "\u4F60\u597D", " ", "2024", "\n", " x");
        assertThat(split(gguf("deepseek-v3"), "in 12345 \u4F60\u597Dx"))
                .containsExactly("in", " ", "123", "45", " ", "\u4F60\u597D", "x");
        assertThat(split(gguf("tekken"), "HelloWorld 42")).containsExactly("Hello", "World", " ", "4", "2");
        assertThat(split(gguf("qwen2"), "a 12")).containsExactly("a", " ", "1", "2");
        assertThat(split(gguf("default"), "ab12345,c")).containsExactly("ab", "123", "45", ",", "c");
        assertThat(GgufRule.named("unheard-of")).isNull();
    }

    @Test
    void equalTheirExpressions() {
        Random random = new Random(11);
        Splitter gpt2 = gguf("gpt-2");
        Splitter llama3 = gguf("llama-bpe");
        for (int round = 0; round < 20_000; round++) {
            String text = dense(random);
            assertThat(split(gpt2, text)).as("'%s'", text).isEqualTo(javas(GPT_2, text));
            assertThat(split(llama3, text)).as("'%s'", text).isEqualTo(javas(LLAMA_3, text));
        }
    }

    private static List<String> javas(Pattern pattern, String text) {
        List<String> expected = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            expected.add(matcher.group());
        }
        return expected;
    }

    /** Short texts over few characters, one or two of each class. */
    private static String dense(Random random) {
        int[] alphabet = {
            ' ', ' ', '\n', '\r', '\t', '\'', 's', 'R', 'e', 'l', 'L', '1', 0x660, '.', 0xA0, 0x4F60, 0x1F600, 0x1D7CE
        };
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    @Test
    void behavesAsHuggingFacesLibraryDoes() {
        assertThat(dashes(SplitBehavior.REMOVED, false)).containsExactly("a", "b", "c");
        assertThat(dashes(SplitBehavior.REMOVED, true)).containsExactly("-", "-", "-", "-", "-", "-");
        assertThat(dashes(SplitBehavior.ISOLATED, false))
                .containsExactly("-", "-", "a", "-", "-", "b", "-", "c", "-")
                .isEqualTo(dashes(SplitBehavior.ISOLATED, true));
        assertThat(dashes(SplitBehavior.MERGED_WITH_PREVIOUS, false)).containsExactly("-", "-", "a-", "-", "b-", "c-");
        assertThat(dashes(SplitBehavior.MERGED_WITH_PREVIOUS, true)).containsExactly("-", "-a", "-", "-b", "-c", "-");
        assertThat(dashes(SplitBehavior.MERGED_WITH_NEXT, false)).containsExactly("-", "-a", "-", "-b", "-c", "-");
        assertThat(dashes(SplitBehavior.MERGED_WITH_NEXT, true)).containsExactly("-", "-", "a-", "-", "b-", "c-");
        assertThat(dashes(SplitBehavior.CONTIGUOUS, false))
                .containsExactly("--", "a", "--", "b", "-", "c", "-")
                .isEqualTo(dashes(SplitBehavior.CONTIGUOUS, true));
        assertThat(split(Splitters.punctuation(SplitBehavior.ISOLATED), "a$b+c!d\u3001e\u00B4f"))
                .containsExactly("a", "$", "b", "+", "c", "!", "d", "\u3001", "e\u00B4f");
        assertThat(split(Splitters.digits(false), "a12\u00BDb\u0663\u2167"))
                .containsExactly("a", "12\u00BD", "b", "\u0663\u2167");
        assertThat(split(Splitters.wordsAndSymbols(), " ab_c  d,.e")).containsExactly("ab_c", "d", ",.", "e");
        assertThat(split(Splitters.whitespace(), " ab  c\n")).containsExactly("ab", "c");
        assertThat(split(Splitters.spaceInFront(), "ab")).containsExactly(" ab");
        assertThat(split(Splitters.regex(Regex.compile("x*"), SplitBehavior.ISOLATED, false), "abxxc"))
                .containsExactly("a", "b", "xx", "c");
    }

    private static List<String> dashes(SplitBehavior behavior, boolean inverted) {
        return split(Splitters.regex(Regex.literal("-"), behavior, inverted), "--a--b-c-");
    }

    @Test
    void metaspacePutsOneInFrontAsItsSchemeSays() {
        assertThat(split(Splitters.metaspace('_', PrependScheme.FIRST, true), "a  b c "))
                .containsExactly("_a", "_", "_b", "_c", "_");
        assertThat(split(Splitters.metaspace('_', PrependScheme.FIRST, false), "a b"))
                .containsExactly("_a_b");
        assertThat(split(Splitters.metaspace('_', PrependScheme.FIRST, false), " a"))
                .containsExactly("_a");
        assertThat(split(Splitters.metaspace('_', PrependScheme.NEVER, false), "a b"))
                .containsExactly("a_b");
        assertThat(split(Splitters.metaspace('_', PrependScheme.FIRST, false), "a b", Place.AFTER_TOKEN))
                .containsExactly("a_b");
        assertThat(split(Splitters.metaspace('_', PrependScheme.ALWAYS, false), "a b", Place.AFTER_TOKEN))
                .containsExactly("_a_b");
        assertThat(split(Splitters.metaspace('_', PrependScheme.ALWAYS, false), "a b", Place.CONTINUED))
                .containsExactly("a_b");
    }

    @Test
    void everyNamedRuleKeepsTheText() {
        Random random = new Random(12);
        for (String name : GgufRule.names()) {
            Splitter splitter = gguf(name);
            for (int round = 0; round < 300; round++) {
                String text = dense(random);
                assertThat(String.join("", split(splitter, text))).as(name).isEqualTo(text);
            }
        }
    }

    private static Splitter gguf(String name) {
        return Objects.requireNonNull(GgufRule.named(name)).splitter();
    }

    private static List<String> split(Splitter splitter, String text) {
        return split(splitter, text, Place.START);
    }

    private static List<String> split(Splitter splitter, String text, Place place) {
        Pieces pieces = splitter.split(Pieces.whole(text.toCharArray(), place));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < pieces.count(); i++) {
            words.add(new String(pieces.text(), pieces.start(i), pieces.end(i) - pieces.start(i)));
        }
        return words;
    }

    /** Some files hold line ends themselves where others hold their escapes. */
    @Test
    void namesAreFoundWhateverTheSpellingOfLineEnds() {
        List<String> coder = List.of("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}");
        assertThat(GgufRule.find(coder, false)).isEqualTo("deepseek-coder");
        assertThat(GgufRule.find(List.of("[\\r\\n]", "\\p{N}"), false)).isNull();
    }
}
