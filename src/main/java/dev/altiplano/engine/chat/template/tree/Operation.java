package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arithmetic;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Relation;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Expressions made of operators, and the displays of lists and dicts. */
public sealed interface Operation extends Expression {

    /** {@code [a, b]} or {@code (a, b)}. */
    record ListDisplay(List<Expression> items, Items.Kind kind) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            rendering.spend(2L + items.size());
            List<Object> values = new ArrayList<>(items.size());
            for (Expression item : items) {
                values.add(item.value(rendering));
            }
            return new Items(values, kind);
        }
    }

    /** {@code {key: value}}. */
    record DictDisplay(List<Expression> keys, List<Expression> values) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            rendering.spend(8L + 4L * keys.size());
            Dict dict = new Dict();
            for (int i = 0; i < keys.size(); i++) {
                dict.entries()
                        .put(
                                Operators.hashable(keys.get(i).value(rendering)),
                                values.get(i).value(rendering));
            }
            return dict;
        }
    }

    record And(Expression left, Expression right) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            Object value = left.value(rendering);
            return Operators.isTrue(value) ? right.value(rendering) : value;
        }
    }

    record Or(Expression left, Expression right) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            Object value = left.value(rendering);
            return Operators.isTrue(value) ? value : right.value(rendering);
        }
    }

    record Not(Expression operand) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            return !Operators.isTrue(operand.value(rendering));
        }
    }

    /** {@code value if condition else otherwise}. */
    record Conditional(Expression condition, Expression then, Expression otherwise) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            return (Operators.isTrue(condition.value(rendering)) ? then : otherwise).value(rendering);
        }
    }

    /** {@code +x} or {@code -x}. */
    record Signed(Expression operand, boolean negative) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            Object value = operand.value(rendering);
            return switch (value) {
                case Double number -> negative ? -number : number;
                case BigInteger number -> negative ? number.negate() : number;
                default -> {
                    long number = Operators.integer(value, "what has a sign");
                    yield negative ? Arithmetic.SUBTRACT.apply(rendering, 0L, number) : (Object) number;
                }
            };
        }
    }

    record Binary(Arithmetic operator, Expression left, Expression right) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            return operator.apply(rendering, left.value(rendering), right.value(rendering));
        }
    }

    /** {@code a ~ b ~ c}. */
    record Concatenation(List<Expression> parts) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            TextBuilder text = new TextBuilder();
            for (Expression part : parts) {
                Object value = part.value(rendering);
                if (value instanceof Text more) {
                    rendering.spendCharacters(more.length());
                }
                Display.print(rendering, value, text);
            }
            rendering.spendCharacters(text.length());
            return text.toText();
        }
    }

    /** {@code a < b <= c}: every operand is evaluated once, up to the first pair that does not hold. */
    record Comparison(Expression first, List<Relation> relations, List<Expression> operands) implements Operation {
        @Override
        public Object value(Rendering rendering) {
            Object left = first.value(rendering);
            for (int i = 0; i < operands.size(); i++) {
                Object right = operands.get(i).value(rendering);
                if (!relations.get(i).holds(rendering, left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }
}
