package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.text.Letters;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arithmetic;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Relation;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tests by name. */
public final class Tests {

    private static final Map<String, ValueTest> BY_NAME = new HashMap<>();

    static {
        BY_NAME.put("defined", (r, value, a) -> !(value instanceof Undefined));
        BY_NAME.put("undefined", (r, value, a) -> value instanceof Undefined);
        BY_NAME.put("none", (r, value, a) -> value == None.NONE);
        BY_NAME.put("boolean", (r, value, a) -> value instanceof Boolean);
        BY_NAME.put("true", (r, value, a) -> Boolean.TRUE.equals(value));
        BY_NAME.put("false", (r, value, a) -> Boolean.FALSE.equals(value));
        BY_NAME.put("integer", (r, value, a) -> value instanceof Long || value instanceof BigInteger);
        BY_NAME.put("float", (r, value, a) -> value instanceof Double);
        BY_NAME.put("number", (r, value, a) -> Operators.isNumber(value));
        BY_NAME.put("string", (r, value, a) -> value instanceof Text);
        BY_NAME.put("mapping", (r, value, a) -> value instanceof Dict);
        BY_NAME.put("iterable", (r, value, a) -> Operators.isIterable(value));
        BY_NAME.put("sequence", (r, value, a) -> ListFilters.isSequence(value));
        BY_NAME.put("callable", (r, value, a) -> value instanceof Function || value instanceof Undefined);
        BY_NAME.put("escaped", (r, value, a) -> false);
        BY_NAME.put(
                "lower", (r, value, a) -> Letters.isLower(Display.text(r, value).string()));
        BY_NAME.put(
                "upper", (r, value, a) -> Letters.isUpper(Display.text(r, value).string()));
        BY_NAME.put("odd", (r, value, a) -> remainder(r, value, 2L, 1L));
        BY_NAME.put("even", (r, value, a) -> remainder(r, value, 2L, 0L));
        BY_NAME.put("divisibleby", (r, value, a) -> remainder(r, value, a.first("divisibleby"), 0L));
        BY_NAME.put("sameas", (r, value, a) -> same(value, a.first("sameas")));
        BY_NAME.put("filter", (r, value, a) -> value instanceof Text name && Filters.named(name.string()) != null);
        BY_NAME.put("test", (r, value, a) -> value instanceof Text name && named(name.string()) != null);
        relation(Relation.EQUAL, "==", "eq", "equalto");
        relation(Relation.NOT_EQUAL, "!=", "ne");
        relation(Relation.GREATER, ">", "gt", "greaterthan");
        relation(Relation.GREATER_OR_EQUAL, ">=", "ge");
        relation(Relation.LESS, "<", "lt", "lessthan");
        relation(Relation.LESS_OR_EQUAL, "<=", "le");
        relation(Relation.IN, "in");
    }

    private Tests() {}

    public static @Nullable ValueTest named(String name) {
        return BY_NAME.get(name);
    }

    private static void relation(Relation relation, String... names) {
        for (String name : names) {
            BY_NAME.put(name, (r, value, a) -> relation.holds(r, value, a.first("the test " + name)));
        }
    }

    private static boolean remainder(Rendering rendering, Object value, Object divisor, Object expected) {
        if (value instanceof Text) {
            throw TemplateException.of("a number is needed, not a str");
        }
        return Operators.equal(Arithmetic.REMAINDER.apply(rendering, value, divisor), expected);
    }

    /** Python's {@code is}: what values of its own kinds that exist once are compared by. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(Object a, Object b) {
        return a == b
                || a.getClass() == b.getClass() && !(a instanceof Values.Items) && !(a instanceof Dict) && a.equals(b);
    }
}
