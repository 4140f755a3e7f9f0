package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.Text;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of the template language that Java has no class of its own for. Besides these there are {@link Text},
 * {@link Boolean}, {@link Long}, {@link java.math.BigInteger} (where 64 bits are too few), {@link Double},
 * {@link Undefined} and {@link Function}.
 */
public final class Values {

    private Values() {}

    /** Python's None. */
    public enum None {
        NONE
    }

    /** A list or tuple; {@code group} marks the pairs of {@code groupby}, whose parts have names. */
    public record Items(List<Object> items, Kind kind) {
        public enum Kind {
            LIST,
            TUPLE,
            GROUP
        }

        public static Items list(List<Object> items) {
            return new Items(items, Kind.LIST);
        }

        public static Items tuple(Object... items) {
            return new Items(List.of(items), Kind.TUPLE);
        }
    }

    /** A dict: keys are texts, numbers, booleans or None. */
    public record Dict(Map<Object, Object> entries) {
        public Dict() {
            this(new LinkedHashMap<>());
        }
    }

    /** What {@code dict.keys()}, {@code values()} and {@code items()} give: it has a length, but no positions. */
    public record View(String name, List<Object> items) {}

    /** What can be walked through once, and is true even where it holds nothing. */
    public record Generator(Iterator<Object> iterator) {}

    /** A {@code range}. */
    public record Range(long start, long stop, long step) {
        public long length() {
            return step > 0
                    ? Math.max(0, (stop - start + step - 1) / step)
                    : Math.max(0, (start - stop - step - 1) / -step);
        }

        public long get(long index) {
            return start + index * step;
        }
    }

    /** The one kind of value that a template may write to. */
    public record Namespace(Map<String, Object> attributes) {}

    public static Object truth(boolean value) {
        return value;
    }
}
