package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.text.TemplateException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** C's {@code strftime} in the C locale, without time zones. */
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
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            char kind = format.charAt(bare ? i + 2 : i + 1);
            i += bare ? 2 : 1;
            String field = field(time, kind);
            result.append(bare ? withoutZeros(field) : field);
        }
        return result.toString();
    }

    private static String withoutZeros(String field) {
        int from = 0;
        while (from < field.length() - 1 && (field.charAt(from) == '0' || field.charAt(from) == ' ')) {
            from++;
        }
        return field.substring(from);
    }

    private static String field(LocalDateTime time, char kind) {
        return switch (kind) {
            case 'a' -> written(time, "EEE");
            case 'A' -> written(time, "EEEE");
            case 'b', 'h' -> written(time, "MMM");
            case 'B' -> written(time, "MMMM");
            case 'c' -> written(time, "EEE MMM ") + padded(time.getDayOfMonth()) + written(time, " HH:mm:ss uuuu");
            case 'd' -> written(time, "dd");
            case 'D', 'x' -> written(time, "MM/dd/uu");
            case 'e' -> padded(time.getDayOfMonth());
            case 'f' -> written(time, "SSSSSS");
            case 'F' -> written(time, "uuuu-MM-dd");
            case 'H' -> written(time, "HH");
            case 'I' -> written(time, "hh");
            case 'j' -> written(time, "DDD");
            case 'm' -> written(time, "MM");
            case 'M' -> written(time, "mm");
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'r' -> written(time, "hh:mm:ss ") + (time.getHour() < 12 ? "AM" : "PM");
            case 'R' -> written(time, "HH:mm");
            case 'S' -> written(time, "ss");
            case 't' -> "\t";
            case 'T', 'X' -> written(time, "HH:mm:ss");
            case 'u' -> "" + time.getDayOfWeek().getValue();
            case 'w' -> "" + time.getDayOfWeek().getValue() % 7;
            case 'y' -> written(time, "uu");
            case 'Y' -> written(time, "uuuu");
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> throw TemplateException.of("strftime_now does not know '%" + kind + "'");
        };
    }

    private static String padded(int day) {
        return day < 10 ? " " + day : "" + day;
    }

    private static String written(LocalDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
