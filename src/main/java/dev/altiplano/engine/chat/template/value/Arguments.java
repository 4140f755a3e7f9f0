package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, evaluated. */
public record Arguments(List<Object> positional, Map<String, Object> named) {

    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Values by parameter; null where none was given. Refuses what {@code function} has no parameter for. */
    @Nullable
    public Object[] bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateException.of(function + " takes at most " + parameters.length + " arguments, but "
                    + positional.size() + " are given");
        }
        @Nullable Object[] bound = new @Nullable Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            bound[i] = positional.get(i);
        }
        for (Map.Entry<String, Object> argument : named.entrySet()) {
            int index = List.of(parameters).indexOf(argument.getKey());
            if (index < 0) {
                throw TemplateException.of(function + " has no argument named '" + argument.getKey() + "'");
            }
            if (bound[index] != null) {
                throw TemplateException.of(function + " is given '" + argument.getKey() + "' twice");
            }
            bound[index] = argument.getValue();
        }
        return bound;
    }

    /** The arguments after the first {@code count}. */
    public Arguments after(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    public Object first(String function) {
        if (positional.isEmpty()) {
            throw TemplateException.of(function + " needs an argument");
        }
        return positional.getFirst();
    }
}
