package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tasks, groups and tags of files and folders, by name. Files are read when they are added; a task is checked when it is
 * asked for, so that one that needs Python hinders nobody else.
 */
public final class TaskLibrary {

    private static final int MAX_FILES = 100_000;
    private static final int MAX_DEPTH = 16;

    private final Map<String, TaskFile> tasks = new LinkedHashMap<>();
    private final Map<String, TaskFile> groups = new LinkedHashMap<>();
    private final Map<String, NavigableSet<String>> tags = new LinkedHashMap<>();

    /** Adds a file, or all files ending in {@code .yaml} or {@code .yml} below a folder. */
    public void add(Path place) {
        if (Files.isRegularFile(place)) {
            addFile(place);
            return;
        }
        if (!Files.isDirectory(place)) {
            throw new EvaluationException(place + ": there is no such file or folder of tasks");
        }
        try (Stream<Path> files = Files.walk(place, MAX_DEPTH)) {
            files.filter(TaskLibrary::isTaskFile).sorted().limit(MAX_FILES).forEach(this::addFile);
        } catch (IOException e) {
            throw new EvaluationException(place + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isTaskFile(Path file) {
        String name = file.toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
    }

    private void addFile(Path place) {
        TaskFile file = YamlReader.read(place);
        Map<String, Object> values = file.values();
        if (values.get("task") instanceof List<?> && values.get("group") instanceof String group) {
            put(groups, group, file);
        } else if (values.get("task") instanceof String task) {
            put(tasks, task, file);
            for (String key : List.of("tag", "group")) {
                Object tag = values.get(key);
                for (Object one : tag == null ? List.of() : tag instanceof List<?> list ? list : List.of(tag)) {
                    tags.computeIfAbsent(String.valueOf(one), name -> new TreeSet<>())
                            .add(task);
                }
            }
        }
    }

    private void put(Map<String, TaskFile> entries, String name, TaskFile file) {
        TaskFile other = tasks.containsKey(name) ? tasks.get(name) : groups.get(name);
        if (other != null) {
            throw new EvaluationException("two tasks are called " + name + ": in " + other.file() + " and in "
                    + file.file() + "; rename one or leave it out");
        }
        entries.put(name, file);
    }

    /** All names, sorted. */
    public List<String> names() {
        return Stream.of(tasks, groups, tags)
                .flatMap(map -> map.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** What names stand for. */
    public Selection select(List<String> names) {
        TaskSelector selector = new TaskSelector(this);
        names.forEach(selector::add);
        return selector.selection();
    }

    @Nullable
    TaskFile task(String name) {
        return tasks.get(name);
    }

    @Nullable
    TaskFile group(String name) {
        return groups.get(name);
    }

    /** The tasks of a tag, sorted; none where there is no such tag. */
    List<String> tagged(String name) {
        NavigableSet<String> tagged = tags.get(name);
        return tagged == null ? List.of() : List.copyOf(tagged);
    }

    /** Tasks and groups to be run; groups come behind the groups that they hold. */
    public record Selection(List<TaskDefinition> tasks, List<GroupDefinition> groups) {}
}
