package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelAnswer.Likelihood;
import dev.altiplano.evaluation.protocol.ModelAnswer.Written;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The answers of a run, a line of JSON for each, by what was asked. A run that opens the journal of one that was stopped finds
 * its answers and asks the rest. Thread-safe; owns its file until {@link #close()}.
 */
public final class Journal implements AutoCloseable {

    private static final ObjectMapper JSON = new JsonMapper();

    /** A line; {@code text} is null for likelihoods. */
    record Line(
            String key,
            double logprob,
            boolean greedy,
            int tokens,
            int truncated,
            @Nullable String text) {}

    private final Map<String, ModelAnswer> known = new ConcurrentHashMap<>();
    private final @Nullable BufferedWriter writer;

    private Journal(@Nullable BufferedWriter writer) {
        this.writer = writer;
    }

    /** A journal in memory alone. */
    public static Journal none() {
        return new Journal(null);
    }

    /**
     * Reads what {@code file} holds, if it is there, and goes on behind it. A last line that was not written to its end is left
     * out.
     */
    public static Journal open(Path file) throws IOException {
        Map<String, ModelAnswer> found = Files.exists(file) ? read(file) : Map.of();
        boolean broken = Files.exists(file) && Files.size(file) > 0 && !endsWithBreak(file);
        Journal journal = new Journal(Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        journal.known.putAll(found);
        if (broken) {
            journal.append("\n");
        }
        return journal;
    }

    private static boolean endsWithBreak(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            channel.position(channel.size() - 1);
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last);
            return last.get(0) == '\n';
        }
    }

    private static Map<String, ModelAnswer> read(Path file) throws IOException {
        Map<String, ModelAnswer> answers = new ConcurrentHashMap<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                number++;
                if (text.isBlank()) {
                    continue;
                }
                try {
                    Line line = JSON.readValue(text, Line.class);
                    answers.put(line.key(), answer(line));
                } catch (JacksonException e) {
                    // What a killed run was writing; it is asked again.
                    if (text.endsWith("}")) {
                        throw new EvaluationException(
                                file + ", line " + number + ": is not a line of a journal of eval: take another file",
                                e);
                    }
                }
            }
        }
        return answers;
    }

    private static ModelAnswer answer(Line line) {
        return line.text() == null
                ? new Likelihood(line.logprob(), line.greedy(), line.tokens(), line.truncated())
                : new Written(line.text(), line.truncated());
    }

    /** Answers that are known. */
    public int size() {
        return known.size();
    }

    @Nullable
    ModelAnswer find(String key) {
        return known.get(key);
    }

    void put(String key, ModelAnswer answer) {
        known.put(key, answer);
        if (writer == null) {
            return;
        }
        Line line = switch (answer) {
            case Likelihood l -> new Line(key, l.logprob(), l.greedy(), l.tokens(), l.truncated(), null);
            case Written w -> new Line(key, 0, false, 0, w.truncated(), w.text());
        };
        try {
            append(JSON.writeValueAsString(line) + "\n");
        } catch (IOException e) {
            throw new EvaluationException("the journal cannot be written: " + e.getMessage(), e);
        }
    }

    private synchronized void append(String text) throws IOException {
        if (writer != null) {
            writer.write(text);
            writer.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
