package dev.altiplano.engine.tokenizer.regex;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The sets of characters that expressions name: Unicode's general categories, scripts, and the classes built on them. */
final class UnicodeSets {

    private static final Map<String, CodePoints> SCRIPTS = new ConcurrentHashMap<>();
    private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();
    private static final String[] CATEGORY_NAMES = {
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "", "Co",
        "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
    };
    private static final Map<String, String> LONG_NAMES = Map.of(
            "letter", "l",
            "mark", "m",
            "number", "n",
            "punctuation", "p",
            "symbol", "s",
            "separator", "z",
            "other", "c",
            "punct", "p",
            "digit", "nd");
    private static final Map<String, CodePoints> CATEGORIES = categories();

    private UnicodeSets() {}

    /** The set called {@code name} in {@code \p{name}}, or null. */
    static @Nullable CodePoints named(String name) {
        String key = name.toLowerCase(Locale.ROOT).replace("_", "").replace(" ", "");
        int equals = key.indexOf('=');
        boolean script = equals >= 0 && (key.startsWith("script") || key.startsWith("sc="));
        if (equals >= 0) {
            key = key.substring(equals + 1);
        }
        CodePoints category = CATEGORIES.get(LONG_NAMES.getOrDefault(key, key));
        if (category != null && !script) {
            return category;
        }
        return switch (key) {
            case "any" -> CodePoints.ALL;
            case "space", "whitespace" -> space();
            case "word" -> word();
            case "alpha", "alphabetic" -> alphabetic();
            case "alnum" -> alphabetic().union(digit());
            case "upper", "uppercase" -> property("uppercase", Character::isUpperCase);
            case "lower", "lowercase" -> property("lowercase", Character::isLowerCase);
            case "xdigit" -> hexDigit();
            case "cntrl" -> category("cc");
            default -> script(key.startsWith("is") ? key.substring(2) : key);
        };
    }

    /** The set called {@code name} in {@code [:name:]}, or null. Symbols count as punctuation here, and only here. */
    static @Nullable CodePoints posix(String name) {
        return name.equals("punct") ? category("p").union(category("s")) : named(name);
    }

    /** Unicode's White_Space. */
    static CodePoints space() {
        return CodePoints.range('\t', '\r').union(CodePoints.one(0x85)).union(category("z"));
    }

    static CodePoints digit() {
        return category("nd");
    }

    static CodePoints hexDigit() {
        return CodePoints.range('0', '9').union(CodePoints.range('a', 'f')).union(CodePoints.range('A', 'F'));
    }

    /** What words are written with; {@code \w} has Latin-1's superscripts and fractions too. */
    static CodePoints word() {
        return alphabetic().union(category("m")).union(category("nd")).union(category("pc"));
    }

    /** The set of {@code \w}, as Oniguruma defines it. */
    static CodePoints wordOfEscape() {
        return word().union(CodePoints.range(0xB2, 0xB3))
                .union(CodePoints.one(0xB9))
                .union(CodePoints.range(0xBC, 0xBE));
    }

    private static CodePoints alphabetic() {
        return property("alphabetic", Character::isAlphabetic);
    }

    private static CodePoints property(String name, IntPredicate holds) {
        return PROPERTIES.computeIfAbsent(name, key -> where(holds));
    }

    private static CodePoints where(IntPredicate holds) {
        CodePoints.Builder members = new CodePoints.Builder();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (holds.test(codePoint)) {
                members.add(codePoint, codePoint);
            }
        }
        return CodePoints.of(members);
    }

    private static CodePoints category(String name) {
        return CATEGORIES.getOrDefault(name, CodePoints.NONE);
    }

    private static @Nullable CodePoints script(String name) {
        Character.UnicodeScript script;
        try {
            script = Character.UnicodeScript.forName(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return SCRIPTS.computeIfAbsent(
                script.name(), key -> where(codePoint -> Character.UnicodeScript.of(codePoint) == script));
    }

    private static Map<String, CodePoints> categories() {
        CodePoints.Builder[] members = new CodePoints.Builder[CATEGORY_NAMES.length];
        for (int type = 0; type < members.length; type++) {
            members[type] = new CodePoints.Builder();
        }
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            members[Character.getType(codePoint)].add(codePoint, codePoint);
        }
        Map<String, CodePoints> sets = new HashMap<>();
        for (int type = 0; type < members.length; type++) {
            String name = CATEGORY_NAMES[type].toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                CodePoints set = CodePoints.of(members[type]);
                sets.put(name, set);
                sets.merge(name.substring(0, 1), set, CodePoints::union);
            }
        }
        return sets;
    }
}
