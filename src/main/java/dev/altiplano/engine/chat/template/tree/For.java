package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Loop;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** {@code for target in walked if condition recursive} … {@code else} … {@code endfor}. */
public record For(
        Target target,
        Expression walked,
        @Nullable Expression condition,
        Body body,
        @Nullable Body otherwise,
        boolean recursive,
        int line,
        int column)
        implements Statement {

    private static final String LOOP = "loop";
    private static final int UNITS_PER_PASS = 8;

    @Override
    public End run(Rendering rendering) {
        try {
            Object value = walked.value(rendering);
            walk(rendering, value, 0);
        } catch (TemplateException e) {
            throw e.placed(line, column);
        }
        return End.NORMAL;
    }

    private void walk(Rendering rendering, Object value, int depth) {
        Scope outside = rendering.scope();
        rendering.descend(body.depth());
        try {
            Iterator<Object> values = Operators.iterate(value);
            Loop loop = new Loop(
                    value,
                    condition == null ? values : new Chosen(rendering, values, outside, condition),
                    condition == null,
                    depth,
                    recursive ? (inner, arguments) -> recurse(inner, arguments, outside, depth + 1) : null);
            boolean any = false;
            while (loop.hasNext()) {
                any = true;
                rendering.spend(UNITS_PER_PASS);
                Scope pass = new Scope(outside);
                rendering.enter(pass);
                pass.set(LOOP, loop);
                target.assign(rendering, loop.next());
                if (body.run(rendering) == End.BREAK) {
                    return;
                }
            }
            if (!any && otherwise != null) {
                rendering.enter(new Scope(outside));
                otherwise.run(rendering);
            }
        } finally {
            rendering.enter(outside);
            rendering.ascend(body.depth());
        }
    }

    private Object recurse(Rendering rendering, Arguments arguments, Scope outside, int depth) {
        TextBuilder caller = rendering.redirect(new TextBuilder());
        Scope before = rendering.enter(outside);
        try {
            walk(rendering, arguments.first(LOOP), depth);
            return rendering.out().toText();
        } finally {
            rendering.redirect(caller);
            rendering.enter(before);
        }
    }

    /** The values for which the loop's condition holds, found one by one while the loop runs. */
    private final class Chosen implements Iterator<Object> {

        private final Rendering rendering;
        private final Iterator<Object> values;
        private final Scope outside;
        private final Expression holds;
        private @Nullable Object next;

        Chosen(Rendering rendering, Iterator<Object> values, Scope outside, Expression holds) {
            this.rendering = rendering;
            this.values = values;
            this.outside = outside;
            this.holds = holds;
        }

        @Override
        public boolean hasNext() {
            Scope before = rendering.scope();
            try {
                while (next == null && values.hasNext()) {
                    rendering.spend(UNITS_PER_PASS);
                    Object value = values.next();
                    rendering.enter(new Scope(outside));
                    target.assign(rendering, value);
                    if (Operators.isTrue(holds.value(rendering))) {
                        next = value;
                    }
                }
            } finally {
                rendering.enter(before);
            }
            return next != null;
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object value = next;
            next = null;
            if (value == null) {
                throw new NoSuchElementException();
            }
            return value;
        }
    }
}
