package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.method.Lookup;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;

/** A part of a template that has a value. Immutable. */
public interface Expression {

    Object value(Rendering rendering);

    /** An expression with its place in the source, which errors get that arise in it. */
    record Placed(Expression expression, int line, int column) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            rendering.spend(1);
            try {
                return expression.value(rendering);
            } catch (TemplateException e) {
                throw e.placed(line, column);
            }
        }
    }

    /** A literal. */
    record Constant(Object value) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            return value;
        }
    }

    /** A name. */
    record Variable(String name) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            Object value = rendering.scope().get(name);
            return value == null ? Undefined.name(name, rendering.strict()) : value;
        }
    }

    /** {@code of.name}. */
    record Attribute(Expression of, String name, Text key) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            return Lookup.attribute(of.value(rendering), name, key);
        }
    }

    /** {@code of[key]}. */
    record Item(Expression of, Expression key) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            return Lookup.item(of.value(rendering), key.value(rendering));
        }
    }

    /** {@code of[start:stop:step]}; what is left out is None. */
    record Slice(Expression of, Expression start, Expression stop, Expression step) implements Expression {
        @Override
        public Object value(Rendering rendering) {
            return Lookup.slice(
                    rendering,
                    of.value(rendering),
                    start.value(rendering),
                    stop.value(rendering),
                    step.value(rendering));
        }
    }
}
