package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.filter.Filter;
import dev.altiplano.engine.chat.template.filter.ValueTest;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Function;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions that call something: a function, a filter, a test. */
public sealed interface Invocation extends Expression {

    /** The arguments as written; {@code spread} is behind {@code *}, {@code spreadNamed} behind {@code **}. */
    record ArgumentList(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression spread,
            @Nullable Expression spreadNamed) {

        public static final ArgumentList NONE = new ArgumentList(List.of(), Map.of(), null, null);

        Arguments values(Rendering rendering) {
            if (positional.isEmpty() && named.isEmpty() && spread == null && spreadNamed == null) {
                return Arguments.NONE;
            }
            List<Object> values = new ArrayList<>(positional.size());
            for (Expression argument : positional) {
                values.add(argument.value(rendering));
            }
            if (spread != null) {
                for (Iterator<Object> more = Operators.iterate(spread.value(rendering)); more.hasNext(); ) {
                    rendering.spend(1);
                    values.add(more.next());
                }
            }
            return new Arguments(values, named.isEmpty() && spreadNamed == null ? Map.of() : namedValues(rendering));
        }

        private Map<String, Object> namedValues(Rendering rendering) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (Map.Entry<String, Expression> argument : named.entrySet()) {
                values.put(argument.getKey(), argument.getValue().value(rendering));
            }
            if (spreadNamed != null) {
                if (!(spreadNamed.value(rendering) instanceof Dict dict)) {
                    throw TemplateException.of("what follows '**' must be a dict");
                }
                dict.entries().forEach((name, value) -> values.put(name.toString(), value));
            }
            return values;
        }
    }

    record Call(Expression callee, ArgumentList arguments) implements Invocation {
        @Override
        public Object value(Rendering rendering) {
            Object function = callee.value(rendering);
            if (function instanceof Function called) {
                return called.call(rendering, arguments.values(rendering));
            }
            throw function instanceof Undefined undefined
                    ? undefined.refusal()
                    : TemplateException.of("a " + Operators.typeName(function) + " cannot be called");
        }
    }

    record FilterCall(Expression input, Filter filter, ArgumentList arguments) implements Invocation {
        @Override
        public Object value(Rendering rendering) {
            return filter.apply(rendering, input.value(rendering), arguments.values(rendering));
        }
    }

    record TestCall(Expression input, ValueTest test, ArgumentList arguments) implements Invocation {
        @Override
        public Object value(Rendering rendering) {
            return test.holds(rendering, input.value(rendering), arguments.values(rendering));
        }
    }
}
