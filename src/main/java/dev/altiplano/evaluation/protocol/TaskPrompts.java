package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.Document;
import dev.altiplano.evaluation.task.DocumentFields;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.OutputType;
import dev.altiplano.evaluation.task.PythonSpace;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes the requests of a task's documents as lm-evaluation-harness does. */
public final class TaskPrompts {

    private final TaskDefinition task;
    private final List<Document> documents;
    private final DocumentFields fields;
    private final DocumentFields exampleFields;
    private final ExampleSampler sampler;
    private final boolean choosesContext;
    private final boolean severalTargets;

    /** Reads the documents and gets ready to draw examples with {@code seed}. */
    public TaskPrompts(TaskDefinition task, DocumentFiles files, long seed) {
        this.task = task;
        String test = task.dataset().test();
        documents = files.read(
                task, test == null ? Objects.requireNonNull(task.dataset().validation()) : test);
        fields = DocumentFields.of(task, documents);
        List<Document> pool = task.fewShot().count() == 0 ? List.of() : pool(files);
        exampleFields = fields.ofExamples();
        boolean same = Objects.equals(task.fewShot().split(), test);
        sampler = new ExampleSampler(task, pool, same, seed);
        choosesContext =
                task.output() == OutputType.MULTIPLE_CHOICE && fields.text(documents.getFirst()) instanceof Long;
        if (choosesContext && task.metric(Metric.ACC_NORM_ANSWER) != null) {
            throw new EvaluationException("task " + task.name()
                    + ": acc_norm_answer needs choices that continue the text, and " + "here they stand before it");
        }
        severalTargets = task.output() == OutputType.GENERATE_UNTIL
                && !fields.hasChoices()
                && fields.hasSeveralTargets(documents.getFirst());
    }

    /** With the harness' own seed. */
    public TaskPrompts(TaskDefinition task, DocumentFiles files) {
        this(task, files, ExampleSampler.SEED);
    }

    private List<Document> pool(DocumentFiles files) {
        TaskDefinition.FewShot fewShot = task.fewShot();
        if (fewShot.split() == null && !fewShot.samples().isEmpty()) {
            List<Map<String, Object>> samples = fewShot.samples();
            return IntStream.range(0, samples.size())
                    .mapToObj(i -> new Document(task.name(), "fewshot_config", i, samples.get(i)))
                    .toList();
        }
        String split = fewShot.split();
        for (@Nullable
        String other : new @Nullable String[] {
            task.dataset().training(),
            task.dataset().validation(),
            task.dataset().test()
        }) {
            split = split == null ? other : split;
        }
        return files.read(task, Objects.requireNonNull(split));
    }

    /** Documents of the split that is asked. */
    public int size() {
        return documents.size();
    }

    /**
     * The first documents with their requests; examples are drawn for each in turn.
     *
     * @param limit maximum of documents
     */
    public List<AskedDocument> asked(int limit) {
        List<AskedDocument> asked = new ArrayList<>();
        for (Document document : documents.subList(0, Math.min(limit, documents.size()))) {
            asked.add(asked(document));
        }
        return asked;
    }

    private AskedDocument asked(Document document) {
        String before = before(document);
        return switch (task.output()) {
            case MULTIPLE_CHOICE -> choosesContext ? contexts(document, before) : choices(document, before);
            case LOGLIKELIHOOD ->
                one(
                        document,
                        new ModelRequest.Continuation(
                                before + question(document), string(document, fields.target(document))));
            case LOGLIKELIHOOD_ROLLING ->
                one(document, new ModelRequest.WholeText(string(document, fields.target(document))));
            case GENERATE_UNTIL -> written(document, before + question(document));
        };
    }

    private static AskedDocument one(Document document, ModelRequest request) {
        return new AskedDocument(document, List.of(), List.of(), false, List.of(), List.of(request));
    }

    private AskedDocument choices(Document document, String before) {
        List<String> choices = fields.choices(document);
        Object target = fields.target(document);
        String context = before + question(document);
        List<ModelRequest> requests = new ArrayList<>(continuations(context, choices));
        if (task.metric(Metric.ACC_MUTUAL_INFO) != null) {
            requests.addAll(continuations("", choices));
        }
        MetricDefinition afterAnswer = task.metric(Metric.ACC_NORM_ANSWER);
        if (afterAnswer != null) {
            requests.addAll(continuations(afterAnswer.context(), choices));
        }
        return new AskedDocument(
                document,
                choices,
                fields.right(document, choices, target),
                target instanceof List<?>,
                List.of(),
                requests);
    }

    private List<ModelRequest> continuations(String context, List<String> choices) {
        List<ModelRequest> requests = new ArrayList<>();
        for (String choice : choices) {
            requests.add(new ModelRequest.Continuation(context, task.layout().targetDelimiter() + choice));
        }
        return requests;
    }

    /** The choices stand in the context, and the target continues each of them. */
    private AskedDocument contexts(Document document, String before) {
        List<String> choices = fields.choices(document);
        String continuation = task.layout().targetDelimiter() + string(document, fields.target(document));
        List<ModelRequest> requests = new ArrayList<>();
        for (String choice : choices) {
            requests.add(new ModelRequest.Continuation(before + withPrefix(document, choice, ""), continuation));
        }
        if (task.metric(Metric.ACC_MUTUAL_INFO) != null) {
            requests.addAll(continuations("", choices));
        }
        List<Integer> right = fields.right(document, choices, fields.text(document));
        return new AskedDocument(document, choices, right, false, List.of(), requests);
    }

    private AskedDocument written(Document document, String context) {
        List<String> targets = new ArrayList<>();
        if (fields.hasChoices()) {
            List<String> choices = fields.choices(document);
            fields.right(document, choices, fields.target(document)).forEach(place -> targets.add(choices.get(place)));
        } else {
            targets.addAll(fields.expected(document, severalTargets));
        }
        List<ModelRequest> requests = new ArrayList<>();
        for (int repeat = 0; repeat < task.repeats(); repeat++) {
            requests.add(new ModelRequest.Generation(context, task.generation(), repeat));
        }
        boolean several = severalTargets || targets.size() > 1;
        return new AskedDocument(document, List.of(), List.of(), several, targets, requests);
    }

    /** Description and examples. */
    private String before(Document document) {
        if (task.output() == OutputType.LOGLIKELIHOOD_ROLLING) {
            return "";
        }
        StringBuilder text = new StringBuilder(fields.description(document));
        for (Document example : sampler.examples(document)) {
            text.append(example(example));
        }
        return text.toString();
    }

    /** An example with what stands behind it; one without an answer has nothing behind it. */
    private String example(Document document) {
        Object text = exampleFields.text(document);
        List<String> choices = exampleFields.hasChoices() ? exampleFields.choices(document) : List.of();
        String question = text instanceof Long place
                ? choices.get(exampleFields.right(document, choices, place).getFirst())
                : text.toString();
        Object target = exampleFields.target(document);
        if (target instanceof List<?> list && !list.isEmpty()) {
            target = list.getFirst();
        }
        boolean isPlace = target instanceof Long && !choices.isEmpty() && !choosesContext;
        String answer = isPlace
                ? choices.get(exampleFields.right(document, choices, target).getFirst())
                : String.valueOf(target);
        String prefix = exampleFields.answerPrefix(document);
        boolean apart = prefix.isEmpty() ? !answer.isEmpty() : needsDelimiter(question, prefix);
        String begun = question + (apart ? exampleFields.targetDelimiter() : "");
        return answer.isEmpty()
                ? begun + prefix
                : begun
                        + PythonSpace.joined(prefix, answer, " ")
                        + task.fewShot().delimiter();
    }

    private String question(Document document) {
        return withPrefix(
                document, string(document, fields.text(document)), task.layout().targetDelimiter());
    }

    private String withPrefix(Document document, String text, String delimiter) {
        String prefix = fields.answerPrefix(document);
        return prefix.isEmpty() ? text : text + (needsDelimiter(text, prefix) ? delimiter : "") + prefix;
    }

    private static boolean needsDelimiter(String text, String prefix) {
        return !text.isEmpty() && !PythonSpace.endsWith(text) && !PythonSpace.startsWith(prefix);
    }

    private String string(Document document, Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new EvaluationException("task " + task.name() + ", document " + document.number() + " of "
                + document.split() + ": doc_to_text and doc_to_target must give text for "
                + task.output().label()
                + ", not " + value);
    }
}
