package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import org.jspecify.annotations.Nullable;

/** The output of a block as input of the filters that stand at its tag. */
public record Captured() implements Expression {

    /** Not a name that a template can write. */
    private static final String NAME = " captured";

    @Override
    public Object value(Rendering rendering) {
        Object value = rendering.scope().get(NAME);
        if (value == null) {
            throw new IllegalStateException("no block has been rendered");
        }
        return value;
    }

    /** The text of {@code body}, and what the filters make of it. */
    static Object filtered(Rendering rendering, Body body, @Nullable Expression filters) {
        rendering.spend(8);
        Scope inner = new Scope(rendering.scope());
        Text text = body.capture(rendering, inner);
        rendering.spendCharacters(text.length());
        if (filters == null) {
            return text;
        }
        inner.set(NAME, text);
        Scope before = rendering.enter(inner);
        try {
            return filters.value(rendering);
        } finally {
            rendering.enter(before);
        }
    }
}
