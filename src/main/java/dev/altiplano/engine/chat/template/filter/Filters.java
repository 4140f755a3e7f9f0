package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.Lookup;
import dev.altiplano.engine.chat.template.method.TextMethods;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters by name. */
public final class Filters {

    private static final Map<String, Filter> BY_NAME = new HashMap<>();

    static {
        TextFilters.define(BY_NAME);
        NumberFilters.define(BY_NAME);
        ListFilters.define(BY_NAME);
        SelectionFilters.define(BY_NAME);
        PageFilters.define(BY_NAME);
        BY_NAME.put("tojson", JsonWriter::filter);
        BY_NAME.put("pprint", PrettyPrint::filter);
        BY_NAME.put("default", Filters::orDefault);
        BY_NAME.put("d", Filters::orDefault);
        BY_NAME.put("attr", Filters::attribute);
    }

    private Filters() {}

    public static @Nullable Filter named(String name) {
        return BY_NAME.get(name);
    }

    /** What to say of a filter that there is not. */
    public static String absence(String name) {
        return "there is no filter '" + name + "'"
                + switch (name) {
                    case "random" -> ": a prompt is the same whenever it is made";
                    case "urlize" -> ": a prompt is no HTML";
                    default -> "";
                };
    }

    private static Object orDefault(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("default", "default_value", "boolean");
        boolean alsoFalse = given[1] != null && Operators.isTrue(given[1]);
        if (value instanceof Undefined || alsoFalse && !Operators.isTrue(value)) {
            return given[0] == null ? Text.EMPTY : given[0];
        }
        return value;
    }

    private static Object attribute(Rendering rendering, Object value, Arguments arguments) {
        Text name = TextMethods.string(arguments.first("attr"), "attr");
        if (value instanceof Undefined) {
            return Undefined.name(name.string());
        }
        // Items of a dict are none of its attributes.
        return value instanceof Values.Dict
                ? new Undefined("a dict has no attribute '" + name + "'")
                : Lookup.attribute(value, name.string(), name);
    }
}
