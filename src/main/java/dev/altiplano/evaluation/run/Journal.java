package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelAnswer.Likelihood;
import dev.altiplano.evaluation.protocol.ModelAnswer.Written;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
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

    /** As each line begins. */
    private static final String HEAD = "{\"key\":\"";

    /** A line; {@code text} is null for likelihoods. */
    record Line(
            @Nullable String key,
            double logprob,
            boolean greedy,
            int tokens,
            int truncated,
            @Nullable String text) {}

    private final Map<String, ModelAnswer> known = new ConcurrentHashMap<>();
    private final @Nullable Path file;
    private final @Nullable BufferedWriter writer;

    private Journal(@Nullable Path file, @Nullable BufferedWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    /** A journal in memory alone. */
    public static Journal none() {
        return new Journal(null, null);
    }

    /**
     * Reads what {@code file} holds, if it is there, and goes on behind it. A last line that was not written to its end is cut
     * off.
     *
     * @throws EvaluationException where it is another kind of file, which stays as it is
     */
    public static Journal open(Path file) throws IOException {
        Map<String, ModelAnswer> found = new HashMap<>();
        if (Files.exists(file)) {
            long end = read(file, found);
            if (end < Files.size(file)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(end);
                }
            }
        }
        Journal journal = new Journal(
                file,
                Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        journal.known.putAll(found);
        return journal;
    }

    /** Puts the answers into {@code answers}; returns where the last whole line ends. */
    private static long read(Path file, Map<String, ModelAnswer> answers) throws IOException {
        long end = 0;
        long number = 1;
        // By bytes: a cut inside a character is none.
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                String text = line.toString(StandardCharsets.UTF_8);
                if (!text.isBlank() && !take(text, answers) && !begins(text)) {
                    throw foreign(file, number);
                }
                end += line.size() + 1;
                number++;
                line.reset();
            }
        }
        // What a killed run was writing; it is asked again.
        if (!begins(line.toString(StandardCharsets.UTF_8))) {
            throw foreign(file, number);
        }
        return end;
    }

    private static boolean take(String text, Map<String, ModelAnswer> answers) {
        try {
            Line line = JSON.readValue(text, Line.class);
            if (line == null || line.key() == null) {
                return false;
            }
            answers.put(line.key(), answer(line));
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /** Whether it can be the beginning of a line that was cut; earlier versions left such lines inside, with a break behind. */
    private static boolean begins(String text) {
        return text.startsWith(HEAD) || HEAD.startsWith(text);
    }

    private static EvaluationException foreign(Path file, long line) {
        return new EvaluationException(
                file + ", line " + line + ": is not a line of a journal of eval: take another file");
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
            throw new EvaluationException(file + " cannot be written: " + e.getMessage(), e);
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
