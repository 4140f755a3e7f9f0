package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Named character classes. Where dialects differ, a class has what all of them agree on, in both polarities: {@code \s} is ASCII
 * white space, but {@code \S} leaves out the white space of Unicode as well. Where it says what is left out, it has what any of them
 * has. So what is generated matches in every dialect.
 */
final class CharacterClasses {

    private static final CodePoints DIGIT = CodePoints.range('0', '9');
    private static final CodePoints WORD =
            DIGIT.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
    private static final CodePoints SPACE = CodePoints.anyOf(" \t\n\r\f\u000B");
    private static final CodePoints UNICODE_SPACE = SPACE.or(
                    CodePoints.anyOf("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF\u180E"))
            .or(CodePoints.range(0x2000, 0x200A))
            .or(CodePoints.range(0x1C, 0x1F));

    private static final CodePoints LINE_END = CodePoints.anyOf("\n\r\u0085\u2028\u2029");

    private static final IntPredicate NUMBER_OR_MARK = oneOf(
            Character.DECIMAL_DIGIT_NUMBER,
            Character.LETTER_NUMBER,
            Character.OTHER_NUMBER,
            Character.NON_SPACING_MARK,
            Character.COMBINING_SPACING_MARK,
            Character.ENCLOSING_MARK,
            Character.CONNECTOR_PUNCTUATION);

    private static final Map<String, CodePoints> POSIX = Map.ofEntries(
            Map.entry("alpha", CodePoints.range('a', 'z').or(CodePoints.range('A', 'Z'))),
            Map.entry("digit", DIGIT),
            Map.entry("alnum", WORD.minus(CodePoints.of('_'))),
            Map.entry("upper", CodePoints.range('A', 'Z')),
            Map.entry("lower", CodePoints.range('a', 'z')),
            Map.entry("space", SPACE),
            Map.entry("blank", CodePoints.anyOf(" \t")),
            Map.entry("punct", CodePoints.range('!', '~').minus(WORD).or(CodePoints.of('_'))),
            Map.entry("xdigit", DIGIT.or(CodePoints.range('a', 'f')).or(CodePoints.range('A', 'F'))),
            Map.entry("word", WORD),
            Map.entry("print", CodePoints.range(' ', '~')),
            Map.entry("graph", CodePoints.range('!', '~')),
            Map.entry("cntrl", CodePoints.range(0, 0x1F).or(CodePoints.of(0x7F))),
            Map.entry("ascii", CodePoints.range(0, 0x7F)));

    /** Sets by the names of Unicode's general categories and scripts; as many as there are names. */
    private static final Map<String, CodePoints> UNICODE = new ConcurrentHashMap<>();

    private CharacterClasses() {}

    /** Digits; {@code widest} says whether what any dialect counts as one, as with the classes below. */
    static CodePoints digit(boolean widest) {
        return widest ? DIGIT.or(set("Nd", oneOf(Character.DECIMAL_DIGIT_NUMBER))) : DIGIT;
    }

    static CodePoints word(boolean widest) {
        return widest ? WORD.or(set("word of any", CharacterClasses::inWord)) : WORD;
    }

    static CodePoints space(boolean widest) {
        return widest ? UNICODE_SPACE : SPACE;
    }

    /** What a dot stands for. */
    static CodePoints inLine(boolean widest) {
        return (widest ? CodePoints.of('\n') : LINE_END).not();
    }

    static @Nullable CodePoints posix(String name) {
        return POSIX.get(name.toLowerCase(Locale.ROOT));
    }

    /** The set for {@code \p{name}}: a general category ("L", "Lu"), a script ("Greek", "Script=Greek", "IsGreek") or a POSIX name. */
    static @Nullable CodePoints unicode(String name) {
        CodePoints known = UNICODE.get(name);
        if (known != null) {
            return known;
        }
        IntPredicate test = category(name);
        if (test == null) {
            test = script(name);
        }
        if (test == null) {
            return posix(name);
        }
        return set(name, test);
    }

    private static CodePoints set(String name, IntPredicate test) {
        return UNICODE.computeIfAbsent(name, key -> select(test));
    }

    private static boolean inWord(int c) {
        return Character.isAlphabetic(c) || NUMBER_OR_MARK.test(c) || c == 0x200C || c == 0x200D;
    }

    private static @Nullable IntPredicate category(String name) {
        String wanted = name.startsWith("General_Category=") ? name.substring("General_Category=".length()) : name;
        String plain = wanted.startsWith("Is") ? wanted.substring(2) : wanted;
        return switch (plain) {
            case "L", "Letter" -> Character::isLetter;
            case "Lu", "Uppercase_Letter" -> oneOf(Character.UPPERCASE_LETTER);
            case "Ll", "Lowercase_Letter" -> oneOf(Character.LOWERCASE_LETTER);
            case "Lt", "Titlecase_Letter" -> oneOf(Character.TITLECASE_LETTER);
            case "Lm", "Modifier_Letter" -> oneOf(Character.MODIFIER_LETTER);
            case "Lo", "Other_Letter" -> oneOf(Character.OTHER_LETTER);
            case "M", "Mark" ->
                oneOf(Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK);
            case "Mn" -> oneOf(Character.NON_SPACING_MARK);
            case "Mc" -> oneOf(Character.COMBINING_SPACING_MARK);
            case "Me" -> oneOf(Character.ENCLOSING_MARK);
            case "N", "Number" ->
                oneOf(Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER);
            case "Nd", "Decimal_Number" -> oneOf(Character.DECIMAL_DIGIT_NUMBER);
            case "Nl" -> oneOf(Character.LETTER_NUMBER);
            case "No" -> oneOf(Character.OTHER_NUMBER);
            case "P", "Punctuation" ->
                oneOf(
                        Character.CONNECTOR_PUNCTUATION,
                        Character.DASH_PUNCTUATION,
                        Character.START_PUNCTUATION,
                        Character.END_PUNCTUATION,
                        Character.INITIAL_QUOTE_PUNCTUATION,
                        Character.FINAL_QUOTE_PUNCTUATION,
                        Character.OTHER_PUNCTUATION);
            case "Pc" -> oneOf(Character.CONNECTOR_PUNCTUATION);
            case "Pd" -> oneOf(Character.DASH_PUNCTUATION);
            case "Ps" -> oneOf(Character.START_PUNCTUATION);
            case "Pe" -> oneOf(Character.END_PUNCTUATION);
            case "Pi" -> oneOf(Character.INITIAL_QUOTE_PUNCTUATION);
            case "Pf" -> oneOf(Character.FINAL_QUOTE_PUNCTUATION);
            case "Po" -> oneOf(Character.OTHER_PUNCTUATION);
            case "S", "Symbol" ->
                oneOf(
                        Character.MATH_SYMBOL,
                        Character.CURRENCY_SYMBOL,
                        Character.MODIFIER_SYMBOL,
                        Character.OTHER_SYMBOL);
            case "Sm" -> oneOf(Character.MATH_SYMBOL);
            case "Sc" -> oneOf(Character.CURRENCY_SYMBOL);
            case "Sk" -> oneOf(Character.MODIFIER_SYMBOL);
            case "So" -> oneOf(Character.OTHER_SYMBOL);
            case "Z", "Separator" ->
                oneOf(Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR);
            case "Zs" -> oneOf(Character.SPACE_SEPARATOR);
            case "Alphabetic" -> Character::isAlphabetic;
            case "Uppercase" -> Character::isUpperCase;
            case "Lowercase" -> Character::isLowerCase;
            case "Any" -> c -> true;
            default -> null;
        };
    }

    private static IntPredicate oneOf(byte... types) {
        int mask = 0;
        for (byte type : types) {
            mask |= 1 << type;
        }
        int all = mask;
        return c -> (all >> Character.getType(c) & 1) != 0;
    }

    private static @Nullable IntPredicate script(String name) {
        String plain = name;
        for (String prefix : new String[] {"Script_Extensions=", "scx=", "Script=", "sc=", "Is"}) {
            if (plain.startsWith(prefix)) {
                plain = plain.substring(prefix.length());
                break;
            }
        }
        try {
            Character.UnicodeScript script = Character.UnicodeScript.forName(plain);
            return c -> Character.UnicodeScript.of(c) == script;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static CodePoints select(IntPredicate test) {
        int[] ranges = new int[64];
        int size = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (!test.test(c)) {
                continue;
            }
            if (size > 0 && ranges[size - 1] == c - 1) {
                ranges[size - 1] = c;
                continue;
            }
            if (size == ranges.length) {
                ranges = Arrays.copyOf(ranges, 2 * size);
            }
            ranges[size++] = c;
            ranges[size++] = c;
        }
        return CodePoints.ofRanges(Arrays.copyOf(ranges, size));
    }
}
