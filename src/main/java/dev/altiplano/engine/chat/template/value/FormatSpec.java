package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands behind the colon in a field of {@code str.format}: fill, alignment, sign, width, grouping, precision and type. */
public final class FormatSpec {

    private static final Pattern SPEC = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?([0-9]{1,4})?([,_])?(?:[.]([0-9]{1,3}))?([a-zA-Z%])?", Pattern.DOTALL);
    private static final int DEFAULT_DECIMALS = 6;
    private static final int PERCENT = 100;

    private final String written;
    private final boolean trusted;
    private final String fill;
    private final String align;
    private final String sign;
    private final boolean alternate;
    private final boolean zeros;
    private final int width;
    private final String grouping;
    private final int precision;
    private final String type;

    private FormatSpec(String written, boolean trusted, Matcher parts) {
        this.written = written;
        this.trusted = trusted;
        zeros = parts.group(5) != null;
        fill = parts.group(1) != null ? parts.group(1) : zeros ? "0" : " ";
        align = given(parts, 2);
        sign = given(parts, 3);
        alternate = parts.group(4) != null;
        width = parts.group(6) == null ? 0 : Integer.parseInt(parts.group(6));
        grouping = given(parts, 7);
        precision = parts.group(8) == null ? -1 : Integer.parseInt(parts.group(8));
        type = given(parts, 9);
    }

    private static String given(Matcher parts, int group) {
        return parts.group(group) == null ? "" : parts.group(group);
    }

    /** The value as {@code spec} lays it out; an empty one is {@code str(value)}. */
    public static Text format(Rendering rendering, Object value, Text spec) {
        if (spec.isEmpty()) {
            return Display.text(rendering, value);
        }
        Matcher parts = SPEC.matcher(spec.string());
        if (!parts.matches()) {
            throw TemplateException.of("format: '" + spec + "' is no format");
        }
        return new FormatSpec(spec.string(), spec.isTrusted(), parts).format(rendering, value);
    }

    private Text format(Rendering rendering, Object value) {
        if (value instanceof Text text) {
            if (!(type.isEmpty() || type.equals("s")) || align.equals("=") || !sign.isEmpty() || !grouping.isEmpty()) {
                throw unfit(value);
            }
            boolean cut = precision >= 0 && text.codePoints() > precision;
            return padded(
                    rendering, cut ? text.substring(0, text.offset(precision)) : text, align.isEmpty() ? "<" : align);
        }
        if (!Operators.isNumber(value)) {
            throw unfit(value);
        }
        if (type.equals("c")) {
            return padded(rendering, character(value), align.isEmpty() ? "<" : align);
        }
        String digits = digits(value);
        boolean negative = digits.startsWith("-");
        String lead = negative ? "-" : sign.equals("+") || sign.equals(" ") ? sign : "";
        String prefix = alternate && "xXob".contains(type) && !type.isEmpty() ? "0" + type : "";
        String body = negative ? digits.substring(1) : digits;
        String alignment = align.isEmpty() ? (zeros ? "=" : ">") : align;
        int room = width - lead.length() - prefix.length();
        rendering.spendCharacters(width);
        String grouped = alignment.equals("=") && fill.equals("0") ? zeroPadded(body, room) : grouped(body);
        if (!alignment.equals("=")) {
            return padded(rendering, Text.trusted(lead + prefix + grouped), alignment);
        }
        int missing = Math.max(0, room - grouped.length());
        return new TextBuilder()
                .append(lead + prefix, true)
                .append(fill.repeat(missing), trusted)
                .append(grouped, true)
                .toText();
    }

    private String digits(Object number) {
        boolean whole = !(number instanceof Double);
        String kind = type.isEmpty() || type.equals("n") ? (whole ? "d" : type.equals("n") ? "g" : "") : type;
        if (whole && "dxXob".contains(kind)) {
            if (precision >= 0) {
                throw unfit(number);
            }
            int radix = kind.equals("d") ? 10 : kind.equals("o") ? 8 : kind.equals("b") ? 2 : 16;
            String digits = Operators.big(number).toString(radix);
            return kind.equals("X") ? digits.toUpperCase(Locale.ROOT) : digits;
        }
        double real = Operators.real(number);
        int decimals = precision < 0 ? DEFAULT_DECIMALS : precision;
        String digits = switch (kind.toLowerCase(Locale.ROOT)) {
            case "" -> precision < 0 ? Display.real(real) : NumberText.general(real, precision, alternate, true);
            case "e" -> NumberText.scientific(real, decimals);
            case "f" -> NumberText.fixed(real, decimals);
            case "g" -> NumberText.general(real, decimals, alternate, false);
            case "%" -> NumberText.fixed(real * PERCENT, decimals) + "%";
            default -> throw unfit(number);
        };
        return Character.isUpperCase(kind.isEmpty() ? 'a' : kind.charAt(0)) ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private Text character(Object number) {
        BigInteger code = number instanceof Double ? BigInteger.valueOf(-1) : Operators.big(number);
        if (code.signum() < 0 || code.bitLength() > 21 || !Character.isValidCodePoint(code.intValue())) {
            throw unfit(number);
        }
        return Text.of(Character.toString(code.intValue()), false);
    }

    /** Digits before the point in groups. */
    private String grouped(String digits) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int end = 0;
        while (end < digits.length()
                && Character.digit(digits.charAt(end), 16) >= 0
                && !(digits.charAt(end) == 'e' && !type.equalsIgnoreCase("x"))) {
            end++;
        }
        int size = "xXob".contains(type) && !type.isEmpty() ? 4 : 3;
        StringBuilder result = new StringBuilder(digits);
        for (int at = end - size; at > 0; at -= size) {
            result.insert(at, grouping);
        }
        return result.toString();
    }

    private String zeroPadded(String digits, int room) {
        String padded = digits;
        String grouped = grouped(padded);
        while (grouped.length() < room) {
            // With a separator for every three, three quarters of the characters that are missing are never too many.
            int zeros = (room - grouped.length()) * 3 / 4;
            padded = "0".repeat(Math.max(1, zeros - 1)) + padded;
            grouped = grouped(padded);
        }
        return grouped;
    }

    private Text padded(Rendering rendering, Text text, String alignment) {
        int missing = Math.max(0, width - text.codePoints());
        rendering.spendCharacters((long) text.length() + missing);
        int left = switch (alignment) {
            case "<" -> 0;
            case "^" -> missing / 2;
            default -> missing;
        };
        return new TextBuilder()
                .append(fill.repeat(left), trusted)
                .append(text)
                .append(fill.repeat(missing - left), trusted)
                .toText();
    }

    private TemplateException unfit(Object value) {
        return TemplateException.of("format: '" + written + "' is no format for a " + Operators.typeName(value));
    }
}
