package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.Statement.End;
import java.util.List;

/** Statements in order. {@code depth} is how deep what they hold is nested, which bounds the stack that they take. */
record Body(List<Statement> statements, int depth) {

    End run(Rendering rendering) {
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
