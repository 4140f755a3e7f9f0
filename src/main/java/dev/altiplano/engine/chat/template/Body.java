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
}
