package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.text.TemplateException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} in the C locale, of a time in UTC; what it does not know stays as it is written. */
final class DateFormat {

    private static final int MAX_LENGTH = 1_000;

    private DateFormat() {}

    static String format(LocalDateTime time, String format) {
        if (format.length() > MAX_LENGTH) {
            throw TemplateException.of("strftime_now takes a format of at most " + MAX_LENGTH + " characters");
        }
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                result.append(c);
                continue;
            }
            char flag = format.charAt(i + 1);
            boolean flagged = "-_0^#".indexOf(flag) >= 0 && i + 2 < format.length();
            i += flagged ? 2 : 1;
            String field = field(time, format.charAt(i));
            result.append(flagged ? changed(field, flag) : field);
        }
        return result.toString();
    }

    /** What glibc's flags make of a field: no padding, blanks, zeros, upper case, the other case. */
    private static String changed(String field, char flag) {
        int from = 0;
        while (from < field.length() - 1 && (field.charAt(from) == '0' || field.charAt(from) == ' ')) {
            from++;
        }
        String rest = field.substring(from);
        return switch (flag) {
            case '-' -> rest;
            case '_' -> " ".repeat(from) + rest;
            case '0' -> "0".repeat(from) + rest;
            case '^' -> field.toUpperCase(Locale.ROOT);
            default ->
                field.equals("AM") || field.equals("PM")
                        ? field.toLowerCase(Locale.ROOT)
                        : field.toUpperCase(Locale.ROOT);
        };
    }

    private static String field(LocalDateTime time, char kind) {
        return switch (kind) {
            case 'a' -> written(time, "EEE");
            case 'A' -> written(time, "EEEE");
            case 'b', 'h' -> written(time, "MMM");
            case 'B' -> written(time, "MMMM");
            case 'c' -> written(time, "EEE MMM ") + padded(time.getDayOfMonth(), " ") + written(time, " HH:mm:ss uuuu");
            case 'C' -> padded(time.getYear() / 100, "0");
            case 'd' -> written(time, "dd");
            case 'D', 'x' -> written(time, "MM/dd/uu");
            case 'e' -> padded(time.getDayOfMonth(), " ");
            case 'f' -> written(time, "SSSSSS");
            case 'F' -> written(time, "uuuu-MM-dd");
            case 'g' -> padded(time.get(IsoFields.WEEK_BASED_YEAR) % 100, "0");
            case 'G' -> "" + time.get(IsoFields.WEEK_BASED_YEAR);
            case 'H' -> written(time, "HH");
            case 'I' -> written(time, "hh");
            case 'j' -> written(time, "DDD");
            case 'k' -> padded(time.getHour(), " ");
            case 'l' -> padded((time.getHour() + 11) % 12 + 1, " ");
            case 'm' -> written(time, "MM");
            case 'M' -> written(time, "mm");
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> written(time, "hh:mm:ss ") + (time.getHour() < 12 ? "AM" : "PM");
            case 'R' -> written(time, "HH:mm");
            case 's' -> "" + time.toEpochSecond(ZoneOffset.UTC);
            case 'S' -> written(time, "ss");
            case 't' -> "\t";
            case 'T', 'X' -> written(time, "HH:mm:ss");
            case 'u' -> "" + time.getDayOfWeek().getValue();
            case 'U' -> week(time, time.getDayOfWeek().getValue() % 7);
            case 'V' -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), "0");
            case 'W' -> week(time, time.getDayOfWeek().getValue() - 1);
            case 'w' -> "" + time.getDayOfWeek().getValue() % 7;
            case 'y' -> written(time, "uu");
            case 'Y' -> written(time, "uuuu");
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + kind;
        };
    }

    private static String padded(int number, String fill) {
        return number < 10 ? fill + number : "" + number;
    }

    /** Weeks since the year's first day on which a week begins. */
    private static String week(LocalDateTime time, int daysIntoWeek) {
        return padded((time.getDayOfYear() + 6 - daysIntoWeek) / 7, "0");
    }

    private static String written(LocalDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
