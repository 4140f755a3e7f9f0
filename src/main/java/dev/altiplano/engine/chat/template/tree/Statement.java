package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template that does something. Immutable. */
public interface Statement {

    /** How a statement ended. */
    enum End {
        /** Go on with the next one. */
        NORMAL,
        BREAK,
        CONTINUE
    }

    End run(Rendering rendering);

    /** Text of the template itself. */
    record Data(Text text) implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.spendCharacters(text.length());
            rendering.out().append(text);
            return End.NORMAL;
        }
    }

    /** {@code {{ value }}}. */
    record Output(Expression value, int line, int column) implements Statement {
        @Override
        public End run(Rendering rendering) {
            try {
                rendering.print(value.value(rendering));
            } catch (TemplateException e) {
                throw e.placed(line, column);
            }
            return End.NORMAL;
        }
    }

    /** {@code if}, {@code elif}, {@code else}: the first condition that is true, or the body without one. */
    record If(
            List<Expression> conditions,
            List<Body> bodies,
            @Nullable Body otherwise) implements Statement {
        @Override
        public End run(Rendering rendering) {
            for (int i = 0; i < conditions.size(); i++) {
                rendering.spend(1);
                if (Operators.isTrue(conditions.get(i).value(rendering))) {
                    return bodies.get(i).run(rendering);
                }
            }
            return otherwise == null ? End.NORMAL : otherwise.run(rendering);
        }
    }

    /** {@code break} or {@code continue}. */
    record Jump(End end) implements Statement {
        @Override
        public End run(Rendering rendering) {
            return end;
        }
    }

    /** {@code set target = value}. */
    record Set(Target target, Expression value) implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.spend(4);
            target.assign(rendering, value.value(rendering));
            return End.NORMAL;
        }
    }

    /** {@code set target} … {@code endset}; the filters apply to {@link Captured}. */
    record SetBlock(Target target, Body body, @Nullable Expression filters) implements Statement {
        @Override
        public End run(Rendering rendering) {
            target.assign(rendering, Captured.filtered(rendering, body, filters));
            return End.NORMAL;
        }
    }

    /** {@code filter name} … {@code endfilter}. */
    record FilterBlock(Body body, Expression filters) implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.print(Captured.filtered(rendering, body, filters));
            return End.NORMAL;
        }
    }

    /** {@code with}, and blocks that only have a scope of their own. */
    record Scoped(List<Target> targets, List<Expression> values, Body body) implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.spend(8);
            Scope inner = new Scope(rendering.scope());
            Object[] evaluated = new Object[values.size()];
            for (int i = 0; i < evaluated.length; i++) {
                evaluated[i] = values.get(i).value(rendering);
            }
            Scope before = rendering.enter(inner);
            try {
                for (int i = 0; i < evaluated.length; i++) {
                    targets.get(i).assign(rendering, evaluated[i]);
                }
                return body.run(rendering);
            } finally {
                rendering.enter(before);
            }
        }
    }

    /** {@code macro name(...)}. */
    record MacroDefinition(Macro.Signature signature, Body body) implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.spend(8);
            rendering.scope().set(signature.name(), new Macro(signature, body, rendering.scope()));
            return End.NORMAL;
        }
    }

    /** {@code call(...) macro(...)}: the body is what the macro's {@code caller()} gives. */
    record CallBlock(Macro.Signature signature, Body body, Invocation.Call call, int line, int column)
            implements Statement {
        @Override
        public End run(Rendering rendering) {
            rendering.spend(16);
            Macro caller = new Macro(signature, body, rendering.scope());
            try {
                Object callee = call.callee().value(rendering);
                if (!(callee instanceof Macro macro)) {
                    throw TemplateException.of("'call' needs a macro, not a " + Operators.typeName(callee));
                }
                rendering.print(macro.call(rendering, call.arguments().values(rendering), caller));
            } catch (TemplateException e) {
                throw e.placed(line, column);
            }
            return End.NORMAL;
        }
    }
}
