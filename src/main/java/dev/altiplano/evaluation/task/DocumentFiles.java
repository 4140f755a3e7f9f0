package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The documents of splits, from files of JSON lines or of one JSON array.
 *
 * <p>A split {@code S} of a task {@code T} is what {@code data_files} names for it, or {@code S.jsonl} or {@code S.json} in the
 * folder of data or its {@code data_dir}, below {@code T}, {@code dataset_path/dataset_name}, {@code dataset_path} or directly.
 *
 * @param folder where data are; null looks beside the task file
 */
public record DocumentFiles(@Nullable Path folder) {

    /** The documents of a split, in their order. */
    public List<Document> read(TaskDefinition task, String split) {
        List<Document> documents = new ArrayList<>();
        for (Path file : files(task, split)) {
            try {
                new DocumentReader(task, split, file).read(documents);
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
            return named.stream()
                    .flatMap(name -> files(task, split, name).stream())
                    .toList();
        }
        List<Path> places = new ArrayList<>();
        Path data =
                (folder == null ? beside(task) : folder).resolve(task.dataset().folder());
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

    /** The file of a name, or those that a pattern matches in their folder, sorted. */
    private List<Path> files(TaskDefinition task, String split, String name) {
        for (Path base : folder == null ? List.of(beside(task), Path.of("")) : List.of(folder, beside(task))) {
            Path file = base.resolve(name);
            if (Files.isRegularFile(file)) {
                return List.of(file);
            }
            List<Path> matching = matching(file);
            if (!matching.isEmpty()) {
                return matching;
            }
        }
        throw new EvaluationException("task " + task.name() + ": dataset_kwargs: data_files: " + split
                + ": there is no file " + (folder == null ? beside(task) : folder).resolve(name));
    }

    private static List<Path> matching(Path pattern) {
        Path parent = pattern.toAbsolutePath().getParent();
        Path last = pattern.getFileName();
        if (parent == null || last == null || !Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, last.toString())) {
            found.forEach(files::add);
        } catch (IOException | DirectoryIteratorException | PatternSyntaxException e) {
            return List.of();
        }
        return files.stream().filter(Files::isRegularFile).sorted().toList();
    }
}
