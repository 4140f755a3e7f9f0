package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The global {@code cycler}: gives its values in turn. */
final class Cycler {

    private Cycler() {}

    static Object of(Rendering rendering, Arguments arguments) {
        List<Object> values = arguments.positional();
        if (values.isEmpty()) {
            throw TemplateException.of("cycler needs values");
        }
        rendering.spend(16);
        Map<String, Object> attributes = new HashMap<>();
        int[] at = new int[1];
        attributes.put("current", values.getFirst());
        attributes.put("next", (Function) (r, a) -> {
            Object current = values.get(at[0]);
            at[0] = (at[0] + 1) % values.size();
            attributes.put("current", values.get(at[0]));
            return current;
        });
        attributes.put("reset", (Function) (r, a) -> {
            at[0] = 0;
            attributes.put("current", values.getFirst());
            return None.NONE;
        });
        return new Namespace(attributes);
    }
}
