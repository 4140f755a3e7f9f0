package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro of the template together with the names that it sees: a function that gives what its body writes. */
public record Macro(Signature signature, Body body, Scope definedIn) implements Function {

    private static final String CALLER = "caller";

    /**
     * What a macro takes.
     *
     * @param defaults of the last parameters
     * @param takesMore whether its body names {@code varargs}
     * @param takesMoreNamed whether its body names {@code kwargs}
     */
    public record Signature(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            boolean takesMore,
            boolean takesMoreNamed) {}

    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        return call(rendering, arguments, null);
    }

    Object call(Rendering rendering, Arguments arguments, @Nullable Macro caller) {
        int levels = 2 + body.depth();
        rendering.spend(16);
        rendering.descend(levels);
        try {
            Scope scope = new Scope(definedIn);
            Scope before = rendering.enter(scope);
            try {
                bind(rendering, scope, arguments);
            } finally {
                rendering.enter(before);
            }
            if (caller != null) {
                scope.set(CALLER, caller);
            }
            Text text = body.capture(rendering, scope);
            rendering.spendCharacters(text.length());
            return text;
        } finally {
            rendering.ascend(levels);
        }
    }

    private void bind(Rendering rendering, Scope scope, Arguments arguments) {
        List<String> parameters = signature.parameters();
        List<Object> positional = arguments.positional();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        int required = parameters.size() - signature.defaults().size();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            Object value = i < positional.size() ? positional.get(i) : named.remove(name);
            if (value == null) {
                value = i < required
                        ? new Undefined(
                                "the parameter '" + name + "' of macro '" + signature.name() + "' was not given")
                        : signature.defaults().get(i - required).value(rendering);
            }
            scope.set(name, value);
        }
        if (positional.size() > parameters.size() && !signature.takesMore()) {
            throw TemplateException.of("macro '" + signature.name() + "' takes at most " + parameters.size()
                    + " arguments, but " + positional.size() + " are given");
        }
        if (signature.takesMore()) {
            scope.set(
                    "varargs",
                    Items.tuple(arguments.after(parameters.size()).positional().toArray()));
        }
        Object caller = named.remove(CALLER);
        if (caller != null) {
            scope.set(CALLER, caller);
        }
        if (signature.takesMoreNamed()) {
            Dict more = new Dict();
            named.forEach((name, value) -> more.entries().put(Text.trusted(name), value));
            scope.set("kwargs", more);
        } else if (!named.isEmpty()) {
            throw TemplateException.of("macro '" + signature.name() + "' has no parameter '"
                    + named.keySet().iterator().next() + "'");
        }
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "name" -> Text.trusted(signature.name());
            case "arguments" ->
                Items.tuple(signature.parameters().stream().map(Text::trusted).toArray());
            case "catch_varargs" -> signature.takesMore();
            case "catch_kwargs" -> signature.takesMoreNamed();
            default -> null;
        };
    }
}
