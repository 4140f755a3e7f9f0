package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.syntax.Dialect;
import dev.altiplano.engine.chat.template.syntax.StatementParser;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Trusted;
import dev.altiplano.engine.chat.template.tree.Body;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Scope;
import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled template. Immutable; any number of threads may render it at once. */
public final class Template {

    /** Templates of published models have some 20,000 characters at most. */
    private static final int MAX_LENGTH = 256 << 10;

    private final String source;
    private final Dialect dialect;
    private final Body body;

    private Template(String source, Dialect dialect, Body body) {
        this.source = source;
        this.dialect = dialect;
        this.body = body;
    }

    /**
     * Compiles a template. Throws {@link TemplateException} with the line and column of what is wrong, a filter, test or tag
     * that there is not among it.
     */
    public static Template compile(String source) {
        return compile(source, Dialect.CHAT);
    }

    /** Compiles a template of another dialect. */
    public static Template compile(String source, Dialect dialect) {
        if (source.length() > MAX_LENGTH) {
            throw TemplateException.of(
                    "the template has " + source.length() + " characters; at most " + MAX_LENGTH + " are read");
        }
        return new Template(source, dialect, StatementParser.parse(source, dialect));
    }

    /** The text that was compiled. */
    public String source() {
        return source;
    }

    /**
     * Renders the template.
     *
     * @param variables by name: {@link String} (not trusted), {@link Trusted}, integers, {@link Double}, {@link Boolean}, null,
     *     {@link java.util.List} and {@link Map} with string keys of these
     * @param now what {@code strftime_now} tells
     * @throws TemplateException where the template refuses the values, or does too much work for them
     */
    public Rendered render(Map<String, ? extends @Nullable Object> variables, LocalDateTime now) {
        Scope globals = new Scope(null);
        Globals.define(globals);
        Import values = new Import();
        for (Map.Entry<String, ? extends @Nullable Object> variable : variables.entrySet()) {
            globals.set(variable.getKey(), values.value(variable.getValue(), 0));
        }
        Rendering rendering =
                new Rendering(new Scope(globals), now, dialect == Dialect.STRICT, values.count(), values.characters());
        try {
            body.run(rendering);
        } catch (StackOverflowError e) {
            throw TemplateException.of("the template calls itself too deeply");
        }
        return rendering.out().toRendered();
    }
}
