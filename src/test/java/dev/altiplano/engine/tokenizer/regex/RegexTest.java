package dev.altiplano.engine.tokenizer.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RegexTest {

    private static final String[] ATOMS = {"a", "b", "[ab]", "[^a]", "\\s", "\\d", "1", " ", "\\n", "[a-c&&[^b]]"};
    private static final String[] REPEATS = {"*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "{0,2}?", "{1,}"};

    @Test
    void findsWhatABacktrackingEngineFinds() {
        Random random = new Random(1);
        int compared = 0;
        for (int round = 0; round < 2000; round++) {
            String expression = expression(random, 0);
            Regex regex;
            try {
                regex = Regex.compile(expression);
            } catch (RegexException e) {
                assertThat(e).hasMessageContaining("unbounded repeat of what can be empty");
                continue;
            }
            for (int i = 0; i < 4; i++) {
                String text = text(random);
                assertThat(matches(regex, text))
                        .as("%s in '%s'", expression, text)
                        .isEqualTo(javas(expression, text));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(3000);
    }

    private static String expression(Random random, int depth) {
        int kind = depth > 3 ? 0 : random.nextInt(10);
        return switch (kind) {
            case 0, 1, 2 -> ATOMS[random.nextInt(ATOMS.length)];
            case 3, 4 -> expression(random, depth + 1) + expression(random, depth + 1);
            case 5 -> "(?:" + expression(random, depth + 1) + "|" + expression(random, depth + 1) + ")";
            case 6 -> "(?=" + expression(random, depth + 1) + ")" + expression(random, depth + 1);
            case 7 -> "(?!" + expression(random, depth + 1) + ")" + expression(random, depth + 1);
            default -> "(?:" + expression(random, depth + 1) + ")" + REPEATS[random.nextInt(REPEATS.length)];
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            text.append("aabbcc1 \n".charAt(random.nextInt(9)));
        }
        return text.toString();
    }

    private static List<String> matches(Regex regex, String text) {
        Matcher matcher = regex.matcher(text.toCharArray());
        matcher.reset(0, text.length());
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.start() + "-" + matcher.end());
        }
        return found;
    }

    private static List<String> javas(String expression, String text) {
        java.util.regex.Matcher matcher = Pattern.compile(expression).matcher(text);
        List<String> found = new ArrayList<>();
        int last = -1;
        while (matcher.find()) {
            // Java finds an empty match where the last match ended; here, as in Ruby, none stands there.
            if (matcher.end() > matcher.start() || matcher.end() != last) {
                found.add(matcher.start() + "-" + matcher.end());
                last = matcher.end();
            }
        }
        return found;
    }

    @Test
    void readsRubysDialect() {
        assertThat(found("\\p{N}{1,3}+", "1234567")).containsExactly("1234567");
        assertThat(found("\\s+$", "a  \nb  \n  ")).containsExactly("  ", "  \n  ");
        assertThat(found("(?i:'s|'ll|'k)", "a'S'\u017F'LL'\u212A")).containsExactly("'S", "'\u017F", "'LL", "'\u212A");
        assertThat(found("a(?i)b|c", "aBCABac")).containsExactly("aB", "C", "c");
        assertThat(found("[^(\\s|.,!?…。，、।۔،)]+", "ab(c) d|e.f")).containsExactly("ab", "c", "d", "e", "f");
        assertThat(found("\\p{Han}+|\\P{L}", "ab漢字\u3042 1")).containsExactly("漢字", " ", "1");
        assertThat(found("[[:punct:]]", "a!$\uD83D\uDE42b")).containsExactly("!", "$", "\uD83D\uDE42");
        assertThat(found("\\x{1F642}|\\u0041|[\\x41-\\x43]", "AB\uD83D\uDE42D"))
                .containsExactly("A", "B", "\uD83D\uDE42");
        assertThat(found("[a\\-z]+|x{,2}y|{|a{b", "a-z{xxy{a{b")).containsExactly("a-z", "{", "xxy", "{", "a", "{");
        assertThat(found("[^\\s]++\\s|[ab]*+a", "ab c")).containsExactly("ab ");
        assertThat(found("x?+x", "x xx")).containsExactly("xx");
    }

    private static List<String> found(String expression, String text) {
        return matches(Regex.compile(expression), text).stream()
                .map(place -> text.substring(
                        Integer.parseInt(place.substring(0, place.indexOf('-'))),
                        Integer.parseInt(place.substring(place.indexOf('-') + 1))))
                .toList();
    }

    @Test
    void refusesByNameWhatIsNotSupported() {
        refused("^a", "'^'");
        refused("\\bword", "the escape \\b");
        refused("(?<=a)b", "a group '(?=', which is not supported");
        refused("(a)\\1", "a reference to a group");
        refused("(?>a)", "a group '(?>'");
        refused("(ab)*+", "a possessive repeat");
        refused("(a*)*", "an unbounded repeat of what can be empty");
        refused("a{2000}", "a repeat of more than 1000");
        refused("(a{1000}){1000}", "too large");
        refused("\\p{Nope}", "the property Nope");
        refused("(a", "a group that does not end");
        refused("a)", "a ')' that closes no group");
        refused("[a", "a '[' that is not closed");
        refused("[b-a]", "a range that ends before it begins");
        refused("*a", "a repeat of nothing");
        refused("(".repeat(1000) + "a" + ")".repeat(1000), "nested deeper");
        refused("[".repeat(1000), "nested deeper");
        refused("a\\", "a backslash at the end");
    }

    private static void refused(String expression, String reason) {
        assertThatThrownBy(() -> Regex.compile(expression))
                .isInstanceOf(RegexException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void theEmptyTextIsRepeatedOnce() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertThat(found("(){1000}{1000}{1000}{1000}a", "ba")).containsExactly("a");
            assertThat(found("((){1000}{1000}{1000}b){2}", "bb")).containsExactly("bb");
        });
    }

    @Test
    void largeExpressionsAreRefusedBeforeTheyCostTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            refused("(?i)" + "\\p{Lu}".repeat(10_000), "more than 4096 characters");
        });
    }

    /** Nearly every place of such a text has a set of its own: beyond the shared ones none is kept by another. */
    @Test
    void setsThatAreNotSharedAreForgotten() {
        Regex regex = Regex.compile("[\\s\\S]{1000}e");
        Random random = new Random(4);
        LiveSet set = regex.atEnd();
        for (int i = 0; i < 6000; i++) {
            set = regex.before(set, regex.classOf(random.nextBoolean() ? 'e' : 'x'));
        }
        int charClass = regex.classOf('e');
        assertThat(regex.before(set, charClass))
                .isEqualTo(regex.before(set, charClass))
                .isNotSameAs(regex.before(set, charClass));
        String text = "x".repeat(3000) + "e".repeat(10);
        assertThat(matches(regex, text)).containsExactly("2000-3001");
    }

    /** A backtracking engine takes time square or exponential in the text for each of these. */
    @Test
    void takesLinearTimeAndBoundedMemory() {
        int length = 1 << 18;
        for (String expression : List.of(
                "(?:a|a)*b", "a*b|a", "(?:a|b|ab)*c", "\\s+$|x", "(?:a+)+b", "[ab]*a[ab]{12}c|a", "(?=a*b)a|a")) {
            for (String text : List.of("a".repeat(length), " ".repeat(length) + "x", "ab".repeat(length / 2))) {
                assertThat(matches(Regex.compile(expression), text)).hasSizeLessThanOrEqualTo(length + 1);
            }
        }
    }

    @Test
    void blocksMeetInsideNoCharacter() {
        String text = "a" + "\uD83D\uDE42".repeat(100_000) + "b";
        assertThat(found("[^a]+b", text)).containsExactly(text.substring(1));
        assertThat(matches(Regex.compile("\uD83D\uDE42"), text)).hasSize(100_000);
    }

    /** Letters that only Unicode's properties call so, and characters that belong to no word. */
    @Test
    void classesFollowUnicodesProperties() {
        String letters = "a\u2160\u24D0\u0345"; // a Roman numeral, a circled letter, a mark that is one
        String others = "\u0301\u094D\u00B2\u00BD_1";
        assertThat(matches(Regex.compile("[[:alpha:]]+"), letters + others)).containsExactly("0-4");
        assertThat(matches(Regex.compile("\\p{Alpha}+"), letters + others)).containsExactly("0-4");
        assertThat(matches(Regex.compile("[[:alnum:]]+"), letters + others)).containsExactly("0-4", "9-10");
        assertThat(matches(Regex.compile("[[:word:]]+"), letters + others)).containsExactly("0-6", "8-10");
        assertThat(matches(Regex.compile("\\w+"), letters + others)).containsExactly("0-10");
        assertThat(matches(Regex.compile("[[:upper:]]"), "aA\u2160\u24B6\u01C5"))
                .containsExactly("1-2", "2-3", "3-4");
        assertThat(matches(Regex.compile("[[:lower:]]"), "Aa\u2170\u00AA\u02B0"))
                .containsExactly("1-2", "2-3", "3-4", "4-5");
        assertThat(matches(Regex.compile("\\h+|[[:xdigit:]]"), "fF0gG")).containsExactly("0-3");
    }
}
