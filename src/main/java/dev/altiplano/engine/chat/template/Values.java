package dev.altiplano.engine.chat.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of the template language that Java has no class of its own for. Besides these there are {@link Text},
 * {@link Boolean}, {@link Long}, {@link java.math.BigInteger} (from a request, only passed on), {@link Double},
 * {@link Undefined} and {@link Function}.
 */
final class Values {

    private Values() {}

    /** Python's None. */
    enum None {
        NONE
    }

    /** A list or tuple; {@code group} marks the pairs of {@code groupby}, whose parts have names. */
    record Items(List<Object> items, Kind kind) {
        enum Kind {
            LIST,
            TUPLE,
            GROUP
        }

        static Items list(List<Object> items) {
            return new Items(items, Kind.LIST);
        }

        static Items tuple(Object... items) {
            return new Items(List.of(items), Kind.TUPLE);
        }
    }

    /** A dict: keys are texts, numbers, booleans or None. */
    record Dict(Map<Object, Object> entries) {
        Dict() {
            this(new LinkedHashMap<>());
        }
    }

    /** What {@code dict.keys()}, {@code values()} and {@code items()} give: it has a length, but no positions. */
    record View(String name, List<Object> items) {}

    /** What can be walked through once, and is true even where it holds nothing. */
    record Generator(Iterator<Object> iterator) {}

    /** A {@code range}. */
    record Range(long start, long stop, long step) {
        long length() {
            return step > 0
                    ? Math.max(0, (stop - start + step - 1) / step)
                    : Math.max(0, (start - stop - step - 1) / -step);
        }

        long get(long index) {
            return start + index * step;
        }
    }

    /** The one kind of value that a template may write to. */
    record Namespace(Map<String, Object> attributes) {}

    static Object truth(boolean value) {
        return value;
    }
}
