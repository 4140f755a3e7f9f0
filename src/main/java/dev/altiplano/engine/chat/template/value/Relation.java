package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Values.Items;

/** The operators that compare two values. */
public enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IN,
    NOT_IN;

    private static final int UNORDERED = 2;

    public boolean holds(Rendering rendering, Object a, Object b) {
        if (b instanceof Items items) {
            rendering.spend(1L + items.items().size());
        } else if (b instanceof Text text) {
            rendering.spend(1L + text.length() / 64);
        }
        return switch (this) {
            case EQUAL -> Operators.equal(a, b);
            case NOT_EQUAL -> !Operators.equal(a, b);
            case LESS -> Operators.compare(a, b) < 0;
            case LESS_OR_EQUAL -> Operators.compare(a, b) <= 0;
            case GREATER -> order(a, b) > 0;
            case GREATER_OR_EQUAL -> order(a, b) >= 0;
            case IN -> Operators.contains(b, a);
            case NOT_IN -> !Operators.contains(b, a);
        };
    }

    private static int order(Object a, Object b) {
        int order = Operators.compare(a, b);
        return order == UNORDERED ? -1 : order;
    }
}
