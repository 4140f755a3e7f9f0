package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import dev.altiplano.engine.chat.template.value.Values.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of a dict. Those that would change it are kept away. */
public final class DictMethods {

    private static final Set<String> REFUSED = Set.of("clear", "pop", "popitem", "setdefault", "update", "fromkeys");

    private DictMethods() {}

    static @Nullable Object bound(Dict dict, String name) {
        return switch (name) {
            case "get" ->
                (Function) (rendering, arguments) -> {
                    @Nullable Object[] given = arguments.bind("get", "key", "default");
                    Object key = given[0];
                    if (key == null) {
                        throw TemplateException.of("get needs a key");
                    }
                    Object value = dict.entries().get(Operators.hashable(key));
                    return value != null ? value : given[1] != null ? given[1] : None.NONE;
                };
            case "keys" -> view(dict, "dict_keys");
            case "values" -> view(dict, "dict_values");
            case "items" -> view(dict, "dict_items");
            case "copy" ->
                (Function) (rendering, arguments) -> {
                    rendering.spend(4L * dict.entries().size());
                    return new Dict(new LinkedHashMap<>(dict.entries()));
                };
            default -> REFUSED.contains(name) ? Undefined.unsafe("dict", name) : null;
        };
    }

    private static Function view(Dict dict, String name) {
        return (rendering, arguments) -> {
            arguments.bind(name);
            return new View(name, name.equals("dict_items") ? pairs(rendering, dict) : entries(rendering, dict, name));
        };
    }

    private static List<Object> entries(Rendering rendering, Dict dict, String name) {
        rendering.spend(1L + dict.entries().size());
        return new ArrayList<>(
                name.equals("dict_keys")
                        ? dict.entries().keySet()
                        : dict.entries().values());
    }

    /** (key, value) of each entry. */
    public static List<Object> pairs(Rendering rendering, Dict dict) {
        rendering.spend(1 + 4L * dict.entries().size());
        List<Object> pairs = new ArrayList<>(dict.entries().size());
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            pairs.add(Items.tuple(entry.getKey(), entry.getValue()));
        }
        return pairs;
    }
}
