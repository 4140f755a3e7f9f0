package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The documents of splits, from files of JSON lines or of one JSON array.
 *
 * <p>A split {@code S} of a task {@code T} is what {@code data_files} names for it, or {@code S.jsonl} or {@code S.json} in the
 * folder of data, below {@code T}, {@code dataset_path/dataset_name}, {@code dataset_path} or directly.
 *
 * @param folder where data are; null looks beside the task file
 */
public record DocumentFiles(@Nullable Path folder) {

    private static final int MAX_DOCUMENTS = 10_000_000;
    private static final long MAX_ARRAY_BYTES = 1L << 30;
    private static final ObjectMapper JSON = new JsonMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<List<LinkedHashMap<String, Object>>> ARRAY = new TypeReference<>() {};

    /** The documents of a split, in their order. */
    public List<Document> read(TaskDefinition task, String split) {
        List<Document> documents = new ArrayList<>();
        for (Path file : files(task, split)) {
            try {
                refuseOtherFormats(file);
                read(task, split, file, documents);
            } catch (CharacterCodingException e) {
                throw new EvaluationException(file + ": is not text in UTF-8", e);
            } catch (IOException e) {
                throw new EvaluationException(file + ": cannot be read: " + e.getMessage(), e);
            }
        }
        if (documents.isEmpty()) {
            throw new EvaluationException("task " + task.name() + ": the split " + split + " has no documents");
        }
        return documents;
    }

    private List<Path> files(TaskDefinition task, String split) {
        List<String> named = task.dataset().files().get(split);
        if (named != null) {
            return named.stream().map(name -> file(task, split, name)).toList();
        }
        List<Path> places = new ArrayList<>();
        Path data = folder == null ? beside(task) : folder;
        String dataset = task.dataset().path();
        for (Path place : List.of(
                data.resolve(task.name()),
                data.resolve(dataset).resolve(task.dataset().name()),
                data.resolve(dataset),
                data)) {
            for (String ending : List.of(".jsonl", ".json")) {
                Path file = place.resolve(split + ending);
                if (Files.isRegularFile(file)) {
                    return List.of(file);
                }
                places.add(file);
            }
        }
        throw new EvaluationException("task " + task.name() + ": no documents for the split " + split
                + ": name files by dataset_kwargs: data_files:, or put one of these there: "
                + String.join(
                        ", ", places.stream().map(Path::toString).distinct().toList()));
    }

    private static Path beside(TaskDefinition task) {
        Path parent = task.source().toAbsolutePath().getParent();
        return parent == null ? Path.of("") : parent;
    }

    private Path file(TaskDefinition task, String split, String name) {
        for (Path base : folder == null ? List.of(beside(task), Path.of("")) : List.of(folder, beside(task))) {
            Path file = base.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new EvaluationException("task " + task.name() + ": dataset_kwargs: data_files: " + split
                + ": there is no file " + (folder == null ? beside(task) : folder).resolve(name));
    }

    /** Says what a file is that holds no JSON, where its first bytes or its name tell that. */
    private static void refuseOtherFormats(Path file) throws IOException {
        String begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        }
        String name = file.toString().toLowerCase(Locale.ROOT);
        String format = begin.equals("PAR1")
                ? "Parquet"
                : begin.equals("ARRO")
                        ? "Arrow"
                        : begin.startsWith("\u001f\u008b") || begin.equals("(\u00b5/\u00fd")
                                ? "compressed"
                                : name.endsWith(".csv") || name.endsWith(".tsv") ? "a table of separated values" : "";
        if (!format.isEmpty()) {
            throw new EvaluationException(
                    file + ": is " + format + "; documents are read from JSON lines or one JSON array:"
                            + " write them so, in pandas by to_json(\"x.jsonl\", orient=\"records\", lines=True)");
        }
    }

    private static void read(TaskDefinition task, String split, Path file, List<Document> documents)
            throws IOException {
        if (isArray(file)) {
            if (Files.size(file) > MAX_ARRAY_BYTES) {
                throw new EvaluationException(file + ": an array of " + Files.size(file) + " bytes; at most "
                        + MAX_ARRAY_BYTES + " are read: write one document a line (.jsonl)");
            }
            try {
                for (Map<String, Object> values : JSON.readValue(file.toFile(), ARRAY)) {
                    add(task, split, values, documents);
                }
            } catch (JacksonException e) {
                throw new EvaluationException(file + ": is not an array of JSON objects: " + e.getOriginalMessage(), e);
            }
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    add(task, split, object(file, number, line), documents);
                }
            }
        }
    }

    private static boolean isArray(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int c = reader.read();
            while (c >= 0 && (Character.isWhitespace(c) || c == 0xfeff)) {
                c = reader.read();
            }
            return c == '[';
        }
    }

    private static Map<String, Object> object(Path file, int number, String line) {
        try {
            return JSON.readValue(line, OBJECT);
        } catch (JacksonException e) {
            throw new EvaluationException(
                    file + ", line " + number + ": is not a JSON object, one of which must stand on each line: "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private static void add(TaskDefinition task, String split, Map<String, Object> values, List<Document> documents) {
        if (documents.size() == MAX_DOCUMENTS) {
            throw new EvaluationException(
                    "task " + task.name() + ": more than " + MAX_DOCUMENTS + " documents in the split " + split);
        }
        documents.add(new Document(task.name(), split, documents.size(), values));
    }
}
