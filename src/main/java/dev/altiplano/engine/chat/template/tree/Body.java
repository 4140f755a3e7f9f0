package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.tree.Statement.End;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import java.util.List;

/** Statements in order. {@code depth} is how deep what they hold is nested, which bounds the stack that they take. */
public record Body(List<Statement> statements, int depth) {

    public End run(Rendering rendering) {
        for (int i = 0; i < statements.size(); i++) {
            End end = statements.get(i).run(rendering);
            if (end != End.NORMAL) {
                return end;
            }
        }
        return End.NORMAL;
    }

    /** Runs with output caught as a text, in a scope of its own that {@code inner} is. */
    Text capture(Rendering rendering, Scope inner) {
        TextBuilder caught = new TextBuilder();
        TextBuilder outside = rendering.redirect(caught);
        Scope before = rendering.enter(inner);
        try {
            run(rendering);
            return caught.toText();
        } finally {
            rendering.redirect(outside);
            rendering.enter(before);
        }
    }
}
