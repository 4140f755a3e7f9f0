package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Values.Generator;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name {@code loop} inside a for: where the walk stands. Looks ahead only when asked. */
public final class Loop implements Function {

    private final Object walked;
    private final int depth;
    private final @Nullable Function recursion;
    private Iterator<Object> rest;
    private @Nullable Object previous;
    private @Nullable Object current;
    private @Nullable Object ahead;
    private @Nullable List<Object> lastChanged;
    private long length = -1;
    private long index = -1;

    /**
     * A walk over {@code walked}.
     *
     * @param rest its values, without those that the loop's own condition leaves out
     * @param counted whether the length of {@code walked} is that of the walk
     * @param recursion what {@code loop(...)} does, or null
     */
    public Loop(Object walked, Iterator<Object> rest, boolean counted, int depth, @Nullable Function recursion) {
        this.walked = walked;
        this.rest = rest;
        this.depth = depth;
        this.recursion = recursion;
        if (counted && !(walked instanceof Generator)) {
            length = Operators.length(walked);
        }
    }

    public boolean hasNext() {
        return ahead != null || rest.hasNext();
    }

    public Object next() {
        Object value = peek();
        if (value == null) {
            throw new IllegalStateException("the loop has ended");
        }
        ahead = null;
        previous = current;
        current = value;
        index++;
        return value;
    }

    private @Nullable Object peek() {
        if (ahead == null && rest.hasNext()) {
            ahead = rest.next();
        }
        return ahead;
    }

    long length() {
        if (length < 0) {
            List<Object> values = new ArrayList<>();
            rest.forEachRemaining(values::add);
            rest = values.iterator();
            length = values.size() + index + 1 + (ahead == null ? 0 : 1);
        }
        return length;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "revindex" -> length() - index;
            case "revindex0" -> length() - index - 1;
            case "first" -> index == 0;
            case "last" -> peek() == null;
            case "length" -> length();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> previous == null ? new Undefined("there is no previous item") : previous;
            case "nextitem" -> {
                Object next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" ->
                (Function) (rendering, arguments) -> {
                    List<Object> values = arguments.positional();
                    if (values.isEmpty()) {
                        throw TemplateException.of("loop.cycle needs values");
                    }
                    return values.get((int) (index % values.size()));
                };
            case "changed" -> (Function) (rendering, arguments) -> hasChanged(arguments.positional());
            default -> null;
        };
    }

    private boolean hasChanged(List<Object> values) {
        List<Object> last = lastChanged;
        boolean changed = last == null || last.size() != values.size();
        for (int i = 0; last != null && !changed && i < values.size(); i++) {
            changed = !Operators.equal(values.get(i), last.get(i));
        }
        lastChanged = values;
        return changed;
    }

    int depth() {
        return depth;
    }

    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        if (recursion == null) {
            throw TemplateException.of("loop(...) needs a loop marked 'recursive'");
        }
        return recursion.call(rendering, arguments);
    }

    @Override
    public String toString() {
        return "loop over a " + Operators.typeName(walked);
    }
}
