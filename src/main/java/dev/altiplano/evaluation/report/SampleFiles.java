package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelRequest;
import dev.altiplano.evaluation.run.Sample;
import dev.altiplano.evaluation.run.SampleSink;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Samples as JSON lines, for others to judge: {@code samples_TASK.jsonl} in the shape of lm-evaluation-harness'
 * {@code --log_samples}; and where documents have a {@code task_id}, {@code completions_TASK.jsonl} with a line of {@code
 * task_id} and {@code completion} for each text, which the programs that run HumanEval's and MBPP's tests read. Belongs to one
 * thread.
 */
public final class SampleFiles implements SampleSink, AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String TASK_ID = "task_id";

    private final Path folder;
    private final Map<Path, BufferedWriter> files = new HashMap<>();
    private String completedTask = "";
    private String completedFilter = "";

    private SampleFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder where it is not there; files of the same names are replaced. */
    public static SampleFiles in(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new SampleFiles(folder);
    }

    @Override
    public void take(Sample sample) {
        line("samples_" + sample.task(), node(sample));
        // Each text once, whatever filters there are.
        if (!sample.task().equals(completedTask)) {
            completedTask = sample.task();
            completedFilter = sample.filter();
        }
        if (sample.filter().equals(completedFilter)
                && sample.asked().document().values().containsKey(TASK_ID)) {
            completions(sample);
        }
    }

    private void completions(Sample sample) {
        for (ModelAnswer answer : sample.answers()) {
            if (answer instanceof ModelAnswer.Written written) {
                ObjectNode line = JSON.createObjectNode();
                line.putPOJO(TASK_ID, sample.asked().document().values().get(TASK_ID));
                line.put("completion", written.text());
                line("completions_" + sample.task(), line);
            }
        }
    }

    private static ObjectNode node(Sample sample) {
        AskedDocument asked = sample.asked();
        ObjectNode line = JSON.createObjectNode();
        line.put("doc_id", asked.document().number());
        line.putPOJO("doc", asked.document().values());
        if (!asked.choices().isEmpty()) {
            line.putPOJO(
                    "target",
                    asked.severalRight() ? asked.right() : asked.right().getFirst());
        } else {
            line.putPOJO("target", asked.targets().size() == 1 ? asked.targets().getFirst() : asked.targets());
        }
        ObjectNode arguments = line.putObject("arguments");
        for (int i = 0; i < asked.requests().size(); i++) {
            arguments(arguments.putObject("gen_args_" + i), asked.requests().get(i));
        }
        ArrayNode answers = JSON.createArrayNode();
        sample.answers().forEach(answer -> add(answers, answer));
        ArrayNode responses = line.putArray("resps");
        if (!sample.filtered().isEmpty()) {
            // All texts of one document are repeats of one request.
            responses.add(answers);
            ArrayNode filtered = line.putArray("filtered_resps");
            sample.filtered().forEach(filtered::add);
        } else {
            answers.forEach(answer -> responses.addArray().add(answer));
            line.set("filtered_resps", answers.deepCopy());
        }
        line.put("filter", sample.filter());
        ArrayNode metrics = line.putArray("metrics");
        sample.scores().keySet().forEach(metrics::add);
        sample.scores().forEach(line::put);
        return line;
    }

    private static void arguments(ObjectNode node, ModelRequest request) {
        switch (request) {
            case ModelRequest.Continuation(String context, String continuation) ->
                node.put("arg_0", context).put("arg_1", continuation);
            case ModelRequest.WholeText(String text) -> node.put("arg_0", text);
            case ModelRequest.Generation generation ->
                node.put("arg_0", generation.context()).putPOJO("arg_1", generation.settings());
        }
    }

    private static void add(ArrayNode answers, ModelAnswer answer) {
        switch (answer) {
            case ModelAnswer.Likelihood likelihood ->
                answers.addArray().add(likelihood.logprob()).add(likelihood.greedy());
            case ModelAnswer.Written written -> answers.add(written.text());
        }
    }

    private void line(String name, ObjectNode line) {
        Path file = folder.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_") + ".jsonl");
        try {
            BufferedWriter writer = files.get(file);
            if (writer == null) {
                writer = Files.newBufferedWriter(file);
                files.put(file, writer);
            }
            writer.write(JSON.writeValueAsString(line));
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (BufferedWriter writer : files.values()) {
            writer.close();
        }
    }
}
