package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of a list or tuple. Those that would change it are kept away. */
final class ListMethods {

    private static final Set<String> REFUSED =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    private ListMethods() {}

    static @Nullable Object bound(Items items, String name) {
        return switch (name) {
            case "index" ->
                (Function) (rendering, arguments) -> {
                    Object sought = arguments.first("index");
                    rendering.spend(items.items().size());
                    for (int i = 0; i < items.items().size(); i++) {
                        if (Operators.equal(items.items().get(i), sought)) {
                            return (long) i;
                        }
                    }
                    throw TemplateException.of("index: the value is not in the list");
                };
            case "count" ->
                (Function) (rendering, arguments) -> {
                    Object sought = arguments.first("count");
                    rendering.spend(items.items().size());
                    return items.items().stream()
                            .filter(item -> Operators.equal(item, sought))
                            .count();
                };
            case "copy" ->
                (Function) (rendering, arguments) -> {
                    rendering.spend(items.items().size());
                    return Items.list(new ArrayList<>(items.items()));
                };
            case "grouper" -> items.kind() == Items.Kind.GROUP ? items.items().get(0) : null;
            case "list" -> items.kind() == Items.Kind.GROUP ? items.items().get(1) : null;
            default -> REFUSED.contains(name) ? Undefined.unsafe("list", name) : null;
        };
    }
}
