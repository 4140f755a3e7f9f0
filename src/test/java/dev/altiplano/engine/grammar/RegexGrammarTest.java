package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class RegexGrammarTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TokenVocabulary BYTES = Vocabularies.of(258, 1);
    private static final String[] ATOMS = {
        "a", "b", "[ab]", "[^a]", "\\d", "\\w", ".", "(a|b)", "(?:ab)", "[a-c]", "\\.", "ä", "[α-γ]", "(|b)", "[^\\d]",
        "\\x61", "[\\w-]"
    };
    private static final String[] COUNTS = {
        "", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", "{1}?"
    };
    private static final List<String> TEXT = List.of("a", "b", "c", "1", ".", "ä", "β", "-", "ab", "", " ");

    @Test
    void matchesWhatJavaMatches() {
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            StringBuilder pattern = new StringBuilder(random.nextInt(5) == 0 ? "^" : "");
            for (int j = random.nextInt(6); j >= 0; j--) {
                pattern.append(ATOMS[random.nextInt(ATOMS.length)]).append(COUNTS[random.nextInt(COUNTS.length)]);
                if (random.nextInt(9) == 0 && j > 0) {
                    pattern.append('|');
                }
            }
            CompiledGrammar grammar = compile(pattern.toString());
            Pattern java = Pattern.compile(pattern.toString());
            for (int j = 0; j < 20; j++) {
                StringBuilder text = new StringBuilder();
                for (int k = random.nextInt(8); k > 0; k--) {
                    text.append(TEXT.get(random.nextInt(TEXT.size())));
                }
                assertThat(matches(grammar, text.toString()))
                        .as("%s on \"%s\"", pattern, text)
                        .isEqualTo(java.matcher(text).matches());
            }
        }
    }

    @Test
    void aBracketAndAColonAreNoNamedClass() {
        CompiledGrammar grammar = compile("[[:]+");
        assertThat(matches(grammar, "[:[")).isTrue();
        assertThat(matches(grammar, "a")).isFalse();
        assertThat(matches(compile("[[:digit:]]+"), "07")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "(?=a)b, lookahead",
        "(?<!a)b, lookbehind",
        "(a)\\1, backreference",
        "a\\bb, word boundary",
        "(?i)a, flags",
        "a^b, anchor",
        "(a, closing parenthesis",
        "a), closing parenthesis",
        "[a, closing ]",
        "*a, nothing before",
        "a{3}{2}\\, backslash at the end",
        "\\p{Nonsense}, not known",
        "'a{3,2}', below its minimum",
        "a{1000}{1000}, max",
        "(a|b)*a(a|b){30}, max",
        "'((a{0,100}b){0,100}c){0,100}', max"
    })
    void refusesByName(String pattern, String reason) {
        assertThatThrownBy(() -> compile(pattern))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(a|a)*b", "(a*)*", "(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"})
    void takesLinearTimeWhereOthersExplode(String pattern) {
        assertThat(matches(compile(pattern), "a".repeat(100_000) + "!")).isFalse();
    }

    /** Counts of what has no characters multiply without a state that would bound them. */
    @ParameterizedTest
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(
            strings = {
                "(){1000000}{1000000}{1000000}",
                "a{0}{1000000}{1000000}{1000000}",
                "((){1000000}){0,1000000}{1000000,}",
                "(a{0}|){1}{0}{1000000}{1000000}"
            })
    void countsOfNothingAreNothing(String pattern) {
        CompiledGrammar grammar = compile(pattern);
        assertThat(matches(grammar, "")).isTrue();
        assertThat(matches(grammar, "a")).isFalse();
        assertThat(matches(compile("b" + pattern + "c"), "bc")).isTrue();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyPartsOfNothingAreWork() {
        assertThatThrownBy(() -> compile("(a" + "()".repeat(200_000) + "){1,200000}"))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("max");
    }

    @Test
    void refusesDeepNesting() {
        assertThatThrownBy(() -> compile("(".repeat(10_000) + "a" + ")".repeat(10_000)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("maxDepth");
        assertThatThrownBy(() -> compile("a" + "{2}".repeat(10_000)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("maxDepth");
    }

    @Test
    void knowsUnicodeClasses() {
        assertThat(matches(compile("\\p{Lu}\\p{Ll}+"), "Ærø")).isTrue();
        assertThat(matches(compile("\\p{Script=Greek}+"), "αβγ")).isTrue();
        assertThat(matches(compile("\\p{L}{2}"), "日本")).isTrue();
        assertThat(matches(compile("[^\\p{L}]"), "日")).isFalse();
        assertThat(matches(compile("\\u{1F600}."), "😀😀")).isTrue();
    }

    /** Both a class and its opposite leave out what dialects do not agree on. */
    @ParameterizedTest
    @CsvSource({
        "\\d, \\D, ٣",
        "\\w, \\W, é",
        "\\w, \\W, 日",
        "\\w, \\W, ٣",
        "\\s, \\S, '\u00a0'",
        "\\s, \\S, '\u0085'",
        "\\s, \\S, '\u2028'",
        "\\s, \\S, '\u001c'"
    })
    void generatesWhatMatchesInEveryDialect(String named, String opposite, String text) {
        for (String pattern :
                List.of(named, opposite, "[^" + named + "]", "[^" + opposite + "]", "[" + opposite + "]")) {
            assertThat(matches(compile(pattern), text)).as(pattern).isFalse();
        }
        assertThat(matches(compile(opposite), "“")).isTrue();
    }

    /** What a lookahead forbids is what any dialect finds. */
    @ParameterizedTest
    @CsvSource({
        "^(?!.*\\s).+$, 'a\u00a0b', false",
        "^(?!.*\\s)[\\s\\S]+$, 'a\u001cb', false",
        "^(?!.*\\s)[\\s\\S]+$, 'a\u2028b', false",
        "^(?!.*[^\\S]).+$, 'a\u00a0b', false",
        "^(?!.*\\d).+$, 'a٣', false",
        "^(?!.*\\w).+$, '-é', false",
        "^(?!.*\\W).+$, 'é', false",
        "^(?!.*foo)[\\s\\S]*$, '\rfoo', false",
        "^(?!.*foo)[\\s\\S]*$, '\u0085foo', false",
        "^(?!.*foo)[\\s\\S]*$, '\nfoo', true",
        "^(?!.*foo)(?=.*a).*$, 'a', true",
        "^(?!.*foo)(?=.*a).*$, '\ra', false",
        "^(?!.*\\s).+$, 'ab', true"
    })
    void forbidsWhatAnyDialectFinds(String pattern, String text, boolean expected) {
        CompiledGrammar grammar = CompiledGrammar.compile(
                new GrammarSource.JsonSchema(
                        JSON.writeValueAsString(Map.of("pattern", pattern, "type", "string")), Whitespace.COMPACT),
                GrammarLimits.DEFAULT);
        String written = text.replace("\r", "\\r").replace("\n", "\\n").replace("\u001c", "\\u001c");
        assertThat(matches(grammar, '"' + written + '"')).isEqualTo(expected);
    }

    @Test
    void onlyWholeCharactersAreComplete() {
        GrammarMatcher matcher = new GrammarMatcher(compile(".*"), BYTES);
        byte[] bytes = "é".getBytes(StandardCharsets.UTF_8);
        assertThat(matcher.accept(2 + (bytes[0] & 0xFF))).isTrue();
        assertThat(matcher.isAccepting()).isFalse();
        assertThat(matcher.accept(2 + 'a')).isFalse();
        assertThat(matcher.accept(2 + (bytes[1] & 0xFF))).isTrue();
        assertThat(matcher.isAccepting()).isTrue();
    }

    private static CompiledGrammar compile(String pattern) {
        return CompiledGrammar.compile(new GrammarSource.Regex(pattern), GrammarLimits.DEFAULT);
    }

    static boolean matches(CompiledGrammar grammar, String text) {
        GrammarMatcher matcher = new GrammarMatcher(grammar, BYTES);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!matcher.accept(2 + (value & 0xFF))) {
                return false;
            }
        }
        return matcher.isAccepting();
    }
}
