package dev.altiplano.evaluation.task;

import dev.altiplano.engine.chat.template.Template;
import dev.altiplano.engine.chat.template.syntax.Dialect;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.evaluation.EvaluationException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a part of a prompt comes from a document: the name of a column, a template, or a value that is the same for all.
 *
 * @param place the file and the setting, for errors
 * @param constant an integer, a list or the values of a mapping; null where {@code source} says it
 */
public record FieldTemplate(
        String place,
        String source,
        @Nullable Template template,
        @Nullable Object constant) {

    private static final LocalDateTime NO_TIME = LocalDateTime.of(1970, 1, 1, 0, 0);

    /** A setting as it stands in a task file. */
    public static FieldTemplate of(String place, Object value) {
        return switch (value) {
            case String text -> new FieldTemplate(place, text, compiled(place, text), null);
            case Integer number -> new FieldTemplate(place, "", null, (long) number);
            case List<?> list -> new FieldTemplate(place, "", null, list);
            case Map<?, ?> map -> new FieldTemplate(place, "", null, List.copyOf(map.values()));
            default ->
                throw new EvaluationException(
                        place + ": must be a template, a column, an integer or a list, not " + value);
        };
    }

    private static Template compiled(String place, String source) {
        try {
            return Template.compile(source, Dialect.STRICT);
        } catch (TemplateException e) {
            throw new EvaluationException(place + ": " + e.getMessage(), e);
        }
    }

    /** Whether the value is a text that the template wrote, rather than a value of the document. */
    boolean isRendered(Set<String> columns) {
        return constant == null && !columns.contains(source);
    }

    /**
     * The value for a document: a column's as it is, the template's text, or the constant.
     *
     * @param columns those that the documents of this split have
     */
    Object value(Document document, Set<String> columns) {
        if (constant != null) {
            return constant;
        }
        if (columns.contains(source)) {
            Object value = document.values().get(source);
            if (value == null) {
                throw document.wrong(place, "has no column '" + source + "', which other documents have");
            }
            return value;
        }
        return rendered(document);
    }

    private String rendered(Document document) {
        if (template == null) {
            throw new IllegalStateException(place + " has neither a template nor a value");
        }
        try {
            return template.render(document.values(), NO_TIME).text();
        } catch (TemplateException e) {
            throw document.wrong(
                    place,
                    e.getMessage() + " (its columns are "
                            + String.join(", ", document.values().keySet()) + ")");
        }
    }

    /** The text of a template that stands alone, like a description. */
    static String text(String place, String source, Document document) {
        if (source.isEmpty()) {
            return "";
        }
        if (document.values().containsKey(source)) {
            Object value = document.values().get(source);
            return value == null ? "" : PythonText.of(value);
        }
        return new FieldTemplate(place, source, compiled(place, source), null).rendered(document);
    }
}
