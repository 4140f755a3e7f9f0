package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.task.PythonLiteral.MalformedException;
import dev.altiplano.evaluation.task.TaskDefinition.Layout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a task takes from documents: the text, the choices and what is right. */
public final class DocumentFields {

    private final TaskDefinition task;
    private final Layout layout;
    private final Set<String> columns;

    private DocumentFields(TaskDefinition task, Layout layout, Set<String> columns) {
        this.task = task;
        this.layout = layout;
        this.columns = columns;
    }

    /** Of documents that are asked. */
    public static DocumentFields of(TaskDefinition task, List<Document> asked) {
        Set<String> columns = new HashSet<>();
        for (Document document : asked) {
            columns.addAll(document.values().keySet());
        }
        return new DocumentFields(task, task.layout(), columns);
    }

    /** Of solved examples; what is a column there is so by the documents that are asked. */
    public DocumentFields ofExamples() {
        return new DocumentFields(task, task.fewShot().layout(), columns);
    }

    /** {@code doc_to_text}: text, or a Long that is a place among the choices. */
    public Object text(Document document) {
        FieldTemplate field = layout.text();
        Object value = field.value(document, columns);
        boolean number = layout.choices() != null && field.isRendered(columns) && isDigits(value);
        return number ? integer(document, field, value) : normal(value);
    }

    /** {@code doc_to_choice}: none of them empty. */
    public List<String> choices(Document document) {
        FieldTemplate template = layout.choices();
        if (template == null) {
            throw document.wrong(task.source() + ": doc_to_choice", "is missing");
        }
        Object value = template.value(document, columns);
        if (template.isRendered(columns)) {
            try {
                value = PythonLiteral.parse(value.toString());
            } catch (MalformedException e) {
                throw document.wrong(
                        template.place(), "does not write a list as Python would: " + e.getMessage() + ": " + value);
            }
        }
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw document.wrong(template.place(), "gives no list of choices: " + value);
        }
        List<String> choices = new ArrayList<>();
        for (Object choice : list) {
            String text = PythonText.of(choice);
            if (text.isEmpty()) {
                throw document.wrong(template.place(), "choice " + choices.size() + " is empty");
            }
            choices.add(text);
        }
        return choices;
    }

    /** {@code doc_to_target}: text, a Long that is a place among the choices, or a list of either. */
    public Object target(Document document) {
        return normal(rawTarget(document));
    }

    private Object rawTarget(Document document) {
        FieldTemplate field = layout.target();
        Object value = field.value(document, columns);
        if (!field.isRendered(columns)) {
            return value;
        }
        String text = value.toString();
        if (layout.choices() != null && isDigits(text)) {
            return integer(document, field, text);
        }
        if (text.length() >= 2 && text.startsWith("[") && text.endsWith("]")) {
            try {
                Object list = PythonLiteral.parse(text);
                return list == null ? text : list;
            } catch (MalformedException e) {
                return text;
            }
        }
        return text;
    }

    /** Whether {@code doc_to_target} is a list with something in it. */
    public boolean hasSeveralTargets(Document document) {
        return rawTarget(document) instanceof List<?> list && !list.isEmpty();
    }

    /**
     * The texts of which the model should write one.
     *
     * @param several whether the task has several, by its first document
     */
    public List<String> expected(Document document, boolean several) {
        Object target = rawTarget(document);
        boolean severalAnswers = task.filters().stream().anyMatch(filters -> !filters.takesOne());
        if (severalAnswers && !(target instanceof String || several)) {
            throw document.wrong(
                    layout.target().place(),
                    "is not text, and a filter leaves a list of answers, none of which equals it: end it with take_first");
        }
        if (!several) {
            return List.of(PythonText.of(target));
        }
        String place = layout.target().place();
        if (!(target instanceof List<?> list) || list.isEmpty()) {
            throw document.wrong(
                    place, "must be a list with something in it, as that of the first document is, not " + target);
        }
        List<String> texts = new ArrayList<>();
        for (Object one : list) {
            if (!(one instanceof String text)) {
                throw document.wrong(place, "must be a list of texts, not " + target);
            }
            texts.add(text);
        }
        return texts;
    }

    /** {@code description}: what stands in front of everything. */
    public String description(Document document) {
        return FieldTemplate.text(task.source() + ": description", task.description(), document);
    }

    /** {@code gen_prefix}: the beginning of the answer; empty where there is none. */
    public String answerPrefix(Document document) {
        String prefix = layout.answerPrefix();
        return prefix == null ? "" : FieldTemplate.text(task.source() + ": gen_prefix", prefix, document);
    }

    /** {@code target_delimiter}: stands before what is right. */
    public String targetDelimiter() {
        return layout.targetDelimiter();
    }

    /** Whether there are choices. */
    public boolean hasChoices() {
        return layout.choices() != null;
    }

    /** The places of what is right among {@code choices}, one or several. */
    public List<Integer> right(Document document, List<String> choices, Object target) {
        List<Integer> places = new ArrayList<>();
        for (Object one : target instanceof List<?> list ? list : List.of(target)) {
            int place = one instanceof Long number ? Math.toIntExact(number) : choices.indexOf(String.valueOf(one));
            if (place < 0 || place >= choices.size()) {
                throw document.wrong(
                        layout.target().place(),
                        "'" + one + "' is none of the " + choices.size() + " choices "
                                + choices + " (columns are "
                                + String.join(", ", columns.stream().sorted().toList())
                                + ")");
            }
            places.add(place);
        }
        return places;
    }

    private static boolean isDigits(Object value) {
        return value instanceof String text && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Long integer(Document document, FieldTemplate field, Object value) {
        try {
            return Long.valueOf(Integer.parseInt(value.toString()));
        } catch (NumberFormatException e) {
            throw document.wrong(field.place(), "'" + value + "' is not a place among choices");
        }
    }

    /** Integers as Longs, booleans as the numbers that Python takes them for; other values as they are. */
    private static Object normal(Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Boolean flag -> flag ? 1L : 0L;
            case List<?> list ->
                list.stream()
                        .map(item -> item == null ? (Object) "None" : normal(item))
                        .toList();
            default -> value;
        };
    }
}
