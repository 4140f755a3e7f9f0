package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What methods of a string look for in it, or in the part between two positions, in code points. */
final class TextSearch {

    private TextSearch() {}

    /** The part of a string that is searched. {@code missing} where it begins behind its end. */
    private record Part(Object sought, String string, int from, boolean missing) {

        static Part of(Text text, Arguments arguments, String method) {
            @Nullable Object[] given = arguments.bind(method, "sub", "start", "end");
            Object sought = given[0];
            if (sought == null) {
                throw TemplateException.of(method + " needs what to look for");
            }
            int length = text.codePoints();
            long start = bound(given[1], 0, length);
            int end = (int) Math.min(bound(given[2], length, length), length);
            if (start > end) {
                return new Part(sought, "", 0, true);
            }
            int from = (int) start;
            return new Part(sought, text.string().substring(text.offset(from), text.offset(end)), from, false);
        }

        String soughtString(String method) {
            return TextMethods.string(sought, method).string();
        }
    }

    /** {@code startswith} and {@code endswith}, of one string or of a tuple. */
    static boolean affix(Text text, Arguments arguments, boolean front) {
        String method = front ? "startswith" : "endswith";
        Part part = Part.of(text, arguments, method);
        List<Object> options = part.sought() instanceof Items items ? items.items() : List.of(part.sought());
        for (Object option : options) {
            String affix = TextMethods.string(option, method).string();
            if (!part.missing()
                    && (front ? part.string().startsWith(affix) : part.string().endsWith(affix))) {
                return true;
            }
        }
        return false;
    }

    /** {@code find} and {@code rfind}: -1 where there is none. */
    static long find(Text text, Arguments arguments, String method, boolean last) {
        Part part = Part.of(text, arguments, method);
        String sought = part.soughtString(method);
        int at = part.missing()
                ? -1
                : last ? part.string().lastIndexOf(sought) : part.string().indexOf(sought);
        return at < 0 ? -1 : part.from() + part.string().codePointCount(0, at);
    }

    /** {@code index} and {@code rindex}. */
    static long index(Text text, Arguments arguments, String method, boolean last) {
        long at = find(text, arguments, method, last);
        if (at < 0) {
            throw TemplateException.of(method + ": the string does not hold that part");
        }
        return at;
    }

    static long count(Text text, Arguments arguments) {
        Part part = Part.of(text, arguments, "count");
        String sought = part.soughtString("count");
        if (sought.isEmpty()) {
            return part.missing()
                    ? 0
                    : part.string().codePointCount(0, part.string().length()) + 1L;
        }
        long count = 0;
        for (int at = part.string().indexOf(sought);
                at >= 0;
                at = part.string().indexOf(sought, at + sought.length())) {
            count++;
        }
        return count;
    }

    private static long bound(@Nullable Object given, int absent, int length) {
        if (given == null || given == None.NONE) {
            return absent;
        }
        long at = Operators.integer(given, "a position");
        return at < 0 ? Math.max(0, at + length) : at;
    }
}
