package dev.altiplano.evaluation.task;

import dev.altiplano.engine.chat.template.Template;
import dev.altiplano.engine.chat.template.syntax.Dialect;
import java.time.LocalDateTime;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** What Python's {@code str} makes of a value of a document. */
final class PythonText {

    private static final Template VALUE = Template.compile("{{ value }}", Dialect.STRICT);
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1970, 1, 1, 0, 0);

    private PythonText() {}

    /** {@code True} of true, {@code 1e-05} of 0.00001, {@code ['a', 1]} of a list. */
    static String of(@Nullable Object value) {
        return value instanceof String text
                ? text
                : VALUE.render(Collections.singletonMap("value", value), NO_TIME)
                        .text();
    }
}
