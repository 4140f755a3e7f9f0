package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Reads a file of documents: JSON lines, or one JSON array. */
record DocumentReader(TaskDefinition task, String split, Path file) {

    private static final int MAX_DOCUMENTS = 10_000_000;
    private static final long MAX_ARRAY_BYTES = 1L << 30;
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final ObjectMapper JSON = new JsonMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<List<LinkedHashMap<String, Object>>> ARRAY = new TypeReference<>() {};

    /** Adds the file's documents to those of earlier files. */
    void read(List<Document> documents) throws IOException {
        refuseOtherFormats();
        if (isArray()) {
            if (Files.size(file) > MAX_ARRAY_BYTES) {
                throw new EvaluationException(file + ": an array of " + Files.size(file) + " bytes; at most "
                        + MAX_ARRAY_BYTES + " are read: write one document a line (.jsonl)");
            }
            try {
                for (@Nullable Map<String, Object> values : JSON.readValue(file.toFile(), ARRAY)) {
                    if (values == null) {
                        throw new EvaluationException(file + ": is not an array of JSON objects: it holds a null");
                    }
                    add(values, documents);
                }
            } catch (JacksonException e) {
                throw new EvaluationException(file + ": is not an array of JSON objects: " + told(e), e);
            }
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String text = number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
                if (!text.isBlank()) {
                    add(object(number, text), documents);
                }
            }
        }
    }

    /** Says what a file is that holds no JSON, where its first bytes or its name tell that. */
    private void refuseOtherFormats() throws IOException {
        String begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        }
        String format = format(begin, file.toString().toLowerCase(Locale.ROOT));
        if (!format.isEmpty()) {
            throw new EvaluationException(
                    file + ": is " + format + "; documents are read from JSON lines or one JSON array:"
                            + " write them so, in pandas by to_json(\"x.jsonl\", orient=\"records\", lines=True)");
        }
    }

    private static String format(String begin, String name) {
        if (begin.equals("PAR1")) {
            return "Parquet";
        }
        if (begin.equals("ARRO")) {
            return "Arrow";
        }
        if (begin.startsWith("\u001f\u008b") || begin.equals("(\u00b5/\u00fd")) {
            return "compressed";
        }
        return name.endsWith(".csv") || name.endsWith(".tsv") ? "a table of separated values" : "";
    }

    private boolean isArray() throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int c = reader.read();
            while (c >= 0 && (Character.isWhitespace(c) || c == 0xfeff)) {
                c = reader.read();
            }
            return c == '[';
        }
    }

    private Map<String, Object> object(int number, String line) {
        String what = file + ", line " + number + ": is not a JSON object, one of which must stand on each line";
        try {
            @Nullable Map<String, Object> values = JSON.readValue(line, OBJECT);
            if (values == null) {
                throw new EvaluationException(what);
            }
            return values;
        } catch (JacksonException e) {
            throw new EvaluationException(what + ": " + told(e), e);
        }
    }

    /** What Jackson says, without the place that it keeps to itself. */
    private static String told(JacksonException e) {
        String message = e.getOriginalMessage();
        int place = message.indexOf(" (start marker");
        return place < 0 ? message : message.substring(0, place);
    }

    private void add(Map<String, Object> values, List<Document> documents) {
        if (documents.size() == MAX_DOCUMENTS) {
            throw new EvaluationException(
                    "task " + task.name() + ": more than " + MAX_DOCUMENTS + " documents in the split " + split);
        }
        documents.add(new Document(task.name(), split, documents.size(), values));
    }
}
