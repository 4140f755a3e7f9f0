package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Generator;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import dev.altiplano.engine.chat.template.value.Values.None;
import dev.altiplano.engine.chat.template.value.Values.Range;
import dev.altiplano.engine.chat.template.value.Values.View;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/** What Python's operators and built-in functions say of values: truth, equality, order, length, membership, iteration. */
public final class Operators {

    private Operators() {}

    public static String typeName(Object value) {
        return switch (value) {
            case Text _ -> "str";
            case None _ -> "None";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case Items items -> items.kind() == Items.Kind.LIST ? "list" : "tuple";
            case Dict _ -> "dict";
            case View view -> view.name();
            case Range _ -> "range";
            case Generator _ -> "generator";
            case Namespace _ -> "namespace";
            case Undefined _ -> "undefined value";
            case Loop _ -> "loop";
            case Function _ -> "function";
            default -> "value";
        };
    }

    public static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean b -> b;
            case None _ -> false;
            case Undefined undefined -> {
                if (undefined.strict()) {
                    throw undefined.refusal();
                }
                yield false;
            }
            case Text text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case Items items -> !items.items().isEmpty();
            case Dict dict -> !dict.entries().isEmpty();
            case View view -> !view.items().isEmpty();
            case Range range -> range.length() > 0;
            default -> true;
        };
    }

    public static boolean equal(Object a, Object b) {
        return equal(a, b, 0);
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean equal(Object a, Object b, int nesting) {
        if (a == b) {
            return !(a instanceof Double d) || !d.isNaN();
        }
        if (nesting > Display.MAX_NESTING) {
            throw TemplateException.of("values nested deeper than " + Display.MAX_NESTING + " cannot be compared");
        }
        return switch (a) {
            case Items x ->
                b instanceof Items y
                        && (x.kind() == Items.Kind.LIST) == (y.kind() == Items.Kind.LIST)
                        && equal(x.items(), y.items(), nesting + 1);
            case Dict x -> b instanceof Dict y && equal(x, y, nesting + 1);
            case Range x -> b instanceof Range y && x.length() == y.length() && equalRanges(x, y);
            case Boolean _, Long _, Double _, BigInteger _ -> isNumber(b) && compareNumbers(a, b) == 0;
            case Text _, None _, Undefined _ -> a.equals(b);
            default -> false;
        };
    }

    private static boolean equalRanges(Range x, Range y) {
        return x.length() == 0 || x.start() == y.start() && (x.length() == 1 || x.step() == y.step());
    }

    private static boolean equal(List<Object> x, List<Object> y, int nesting) {
        if (x.size() != y.size()) {
            return false;
        }
        for (int i = 0; i < x.size(); i++) {
            if (!equal(x.get(i), y.get(i), nesting)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Dict x, Dict y, int nesting) {
        if (x.entries().size() != y.entries().size()) {
            return false;
        }
        for (Map.Entry<Object, Object> entry : x.entries().entrySet()) {
            Object other = y.entries().get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other, nesting)) {
                return false;
            }
        }
        return true;
    }

    public static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger;
    }

    private static int compareNumbers(Object a, Object b) {
        if (a instanceof BigInteger || b instanceof BigInteger) {
            if (!(a instanceof Double) && !(b instanceof Double)) {
                return big(a).compareTo(big(b));
            }
        } else if (!(a instanceof Double) && !(b instanceof Double)) {
            return Long.compare(whole(a), whole(b));
        }
        double x = real(a);
        double y = real(b);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    }

    static BigInteger big(Object number) {
        return number instanceof BigInteger big ? big : BigInteger.valueOf(whole(number));
    }

    private static long whole(Object number) {
        return number instanceof Boolean b ? (b ? 1 : 0) : (Long) number;
    }

    /** A number as floating point. */
    public static double real(Object number) {
        return number instanceof Boolean b ? (b ? 1 : 0) : ((Number) number).doubleValue();
    }

    /** An integer (or boolean) that {@code what} needs. */
    public static long integer(Object value, String what) {
        if (value instanceof Long || value instanceof Boolean) {
            return whole(value);
        }
        throw value instanceof Undefined undefined
                ? undefined.refusal()
                : TemplateException.of(what + " must be an integer, not " + typeName(value));
    }

    /** -1, 0 or 1, as Python orders; refuses what has no order. A NaN is neither: 2. */
    public static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof Text x && b instanceof Text y) {
            return compareStrings(x.string(), y.string());
        }
        if (a instanceof Items x
                && b instanceof Items y
                && (x.kind() == Items.Kind.LIST) == (y.kind() == Items.Kind.LIST)) {
            int common = Math.min(x.items().size(), y.items().size());
            for (int i = 0; i < common; i++) {
                if (!equal(x.items().get(i), y.items().get(i))) {
                    return compare(x.items().get(i), y.items().get(i));
                }
            }
            return Integer.compare(x.items().size(), y.items().size());
        }
        if (a instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.refusal();
        }
        throw TemplateException.of("a " + typeName(a) + " and a " + typeName(b) + " have no order");
    }

    /** By code points. */
    private static int compareStrings(String x, String y) {
        int common = Math.min(x.length(), y.length());
        for (int i = 0; i < common; i++) {
            char a = x.charAt(i);
            char b = y.charAt(i);
            if (a != b) {
                // Surrogates stand for what lies above all other units.
                boolean greater =
                        Character.isSurrogate(a) == Character.isSurrogate(b) ? a > b : Character.isSurrogate(a);
                return greater ? 1 : -1;
            }
        }
        return Integer.compare(x.length(), y.length());
    }

    static boolean contains(Object container, Object item) {
        return switch (container) {
            case Text text -> {
                if (!(item instanceof Text part)) {
                    throw TemplateException.of("only a string can be 'in' a string, not a " + typeName(item));
                }
                yield text.string().contains(part.string());
            }
            case Dict dict -> {
                yield dict.entries().containsKey(hashable(item));
            }
            case Range range -> {
                if (!(item instanceof Long number) || range.length() == 0) {
                    yield false;
                }
                long offset = number - range.start();
                yield offset % range.step() == 0
                        && offset / range.step() >= 0
                        && offset / range.step() < range.length();
            }
            default -> {
                Iterator<Object> items = iterate(container);
                while (items.hasNext()) {
                    if (equal(items.next(), item)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    /** A value as key of a dict. */
    public static Object hashable(Object key) {
        return switch (key) {
            case Text _, Long _, None _, Undefined _, BigInteger _, Boolean _ -> key;
            case Double d when d == Math.rint(d) && Math.abs(d) < 1L << 53 -> (long) (double) d;
            case Double _ -> key;
            default -> throw TemplateException.of("a " + typeName(key) + " cannot be a key");
        };
    }

    public static long length(Object value) {
        return switch (value) {
            case Text text -> text.codePoints();
            case Items items -> items.items().size();
            case Dict dict -> dict.entries().size();
            case View view -> view.items().size();
            case Range range -> range.length();
            case Undefined _ -> 0;
            case Loop loop -> loop.length();
            default -> throw TemplateException.of("a " + typeName(value) + " has no length");
        };
    }

    /** Whether {@link #iterate} takes the value. */
    public static boolean isIterable(Object value) {
        return value instanceof Text
                || value instanceof Items
                || value instanceof Dict
                || value instanceof View
                || value instanceof Range
                || value instanceof Generator
                || value instanceof Undefined
                || value instanceof Loop;
    }

    public static Iterator<Object> iterate(Object value) {
        return switch (value) {
            case Items items -> items.items().iterator();
            case Dict dict -> dict.entries().keySet().iterator();
            case View view -> view.items().iterator();
            case Generator generator -> generator.iterator();
            case Text text -> characters(text);
            case Range range -> numbers(range);
            case Undefined _ -> Collections.emptyIterator();
            default ->
                throw TemplateException.of(
                        Objects.equals(value, None.NONE)
                                ? "None cannot be looped over"
                                : "a " + typeName(value) + " cannot be looped over");
        };
    }

    private static Iterator<Object> characters(Text text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int from = at;
                at += Character.charCount(text.string().codePointAt(from));
                return text.substring(from, at);
            }
        };
    }

    private static Iterator<Object> numbers(Range range) {
        return new Iterator<>() {
            private long index;

            @Override
            public boolean hasNext() {
                return index < range.length();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return range.get(index++);
            }
        };
    }
}
