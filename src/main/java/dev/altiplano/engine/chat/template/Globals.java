package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.method.TextMethods;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import dev.altiplano.engine.chat.template.value.Values.Range;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that every template can call. */
final class Globals {

    private static final long LONGEST_RANGE = 100_000;

    private static final Map<String, Function> FUNCTIONS = Map.of(
            "range", Globals::range,
            "namespace", Globals::namespace,
            "dict", (rendering, arguments) -> new Dict(entries(rendering, arguments)),
            "raise_exception", Globals::raise,
            "strftime_now", Globals::now,
            "joiner", Globals::joiner,
            "cycler", Cycler::of);

    private Globals() {}

    static void define(Scope scope) {
        FUNCTIONS.forEach(scope::set);
    }

    private static Object range(Rendering rendering, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("range", "start", "stop", "step");
        if (given[0] == null) {
            throw TemplateException.of("range needs an argument");
        }
        long first = Operators.integer(given[0], "range's bound");
        long start = given[1] == null ? 0 : first;
        long stop = given[1] == null ? first : Operators.integer(given[1], "range's bound");
        long step = given[2] == null ? 1 : Operators.integer(given[2], "range's step");
        long largest = 1L << 40;
        if (step == 0 || Math.abs(start) > largest || Math.abs(stop) > largest || Math.abs(step) > largest) {
            throw TemplateException.of(step == 0 ? "range's step cannot be 0" : "range's bounds are too large");
        }
        Range range = new Range(start, stop, step);
        if (range.length() > LONGEST_RANGE) {
            throw TemplateException.of("a range has at most " + LONGEST_RANGE + " numbers");
        }
        return range;
    }

    private static Object namespace(Rendering rendering, Arguments arguments) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        entries(rendering, arguments).forEach((name, value) -> attributes.put(name.toString(), value));
        return new Namespace(attributes);
    }

    private static Map<Object, Object> entries(Rendering rendering, Arguments arguments) {
        rendering.spend(16);
        Map<Object, Object> entries = new LinkedHashMap<>();
        if (!arguments.positional().isEmpty()) {
            Object first = arguments.positional().getFirst();
            if (first instanceof Undefined undefined) {
                throw undefined.refusal();
            } else if (first instanceof Dict dict) {
                rendering.spend(4L * dict.entries().size());
                entries.putAll(dict.entries());
            } else {
                for (Iterator<Object> pairs = Operators.iterate(first); pairs.hasNext(); ) {
                    rendering.spend(4);
                    if (!(pairs.next() instanceof Items pair) || pair.items().size() != 2) {
                        throw TemplateException.of("a dict is made of pairs");
                    }
                    entries.put(
                            Operators.hashable(pair.items().get(0)),
                            pair.items().get(1));
                }
            }
        }
        rendering.spend(4L * arguments.named().size());
        arguments.named().forEach((name, value) -> entries.put(Text.trusted(name), value));
        return entries;
    }

    private static Object raise(Rendering rendering, Arguments arguments) {
        throw TemplateException.raised(
                Display.text(rendering, arguments.first("raise_exception")).string());
    }

    private static Object now(Rendering rendering, Arguments arguments) {
        Text format = TextMethods.string(arguments.first("strftime_now"), "strftime_now");
        return Text.of(DateFormat.format(rendering.now(), format.string()), format.isTrusted());
    }

    private static Object joiner(Rendering rendering, Arguments arguments) {
        Object separator = arguments.bind("joiner", "sep")[0];
        boolean[] used = new boolean[1];
        return (Function) (r, a) -> {
            Object value = used[0] ? separator == null ? Text.trusted(", ") : separator : Text.EMPTY;
            used[0] = true;
            return value;
        };
    }
}
