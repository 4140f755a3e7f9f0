package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tasks, groups and tags of files and folders, by name. Files are read when they are added; a task is checked when it is
 * asked for, so that one that needs Python hinders nobody else, nor does a file of a folder that cannot be read.
 */
public final class TaskLibrary {

    private static final int MAX_FILES = 100_000;
    private static final int MAX_DEPTH = 16;

    private final Map<String, TaskFile> tasks = new LinkedHashMap<>();
    private final Map<String, TaskFile> groups = new LinkedHashMap<>();
    private final Map<String, NavigableSet<String>> tags = new LinkedHashMap<>();
    /** The task or group of each file that has been added. */
    private final Map<Path, String> added = new HashMap<>();
    /** What is wrong with names that two files claim. */
    private final Map<String, String> conflicts = new HashMap<>();
    /** What is wrong with files of folders. */
    private final List<String> faults = new ArrayList<>();

    /** Adds a file, or all files ending in {@code .yaml} or {@code .yml} below a folder. */
    public void add(Path place) {
        if (Files.isRegularFile(place)) {
            addFile(place);
            return;
        }
        if (!Files.isDirectory(place)) {
            throw new EvaluationException(place + ": there is no such file or folder of tasks");
        }
        addFolder(place, MAX_DEPTH);
    }

    /** Adds the files of a folder and returns the names of their tasks and groups. */
    private List<String> addFolder(Path folder, int depth) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, depth)) {
            for (Path file : files.filter(TaskLibrary::isTaskFile)
                    .sorted()
                    .limit(MAX_FILES)
                    .toList()) {
                try {
                    names.add(addFile(file));
                } catch (EvaluationException e) {
                    faults.add(e.getMessage());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new EvaluationException(folder + ": cannot be read: " + e.getMessage(), e);
        }
        return names.stream().filter(name -> !name.isEmpty()).toList();
    }

    private static boolean isTaskFile(Path file) {
        String name = file.toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
    }

    /** Adds a file, if that was not done before; returns the name of its task or group, or nothing where it has none. */
    private String addFile(Path place) {
        Path whole = place.toAbsolutePath().normalize();
        String known = added.get(whole);
        if (known != null) {
            return known;
        }
        TaskFile file = YamlReader.read(place);
        Map<String, Object> values = file.values();
        String name = "";
        if (values.get("task") instanceof List<?> && values.get("group") instanceof String group) {
            put(groups, group, file);
            name = group;
        } else if (values.get("task") instanceof String task) {
            put(tasks, task, file);
            name = task;
            for (String key : List.of("tag", "group")) {
                Object tag = values.get(key);
                for (Object one : tag == null ? List.of() : tag instanceof List<?> list ? list : List.of(tag)) {
                    tags.computeIfAbsent(String.valueOf(one), label -> new TreeSet<>())
                            .add(task);
                }
            }
        }
        added.put(whole, name);
        return name;
    }

    private void put(Map<String, TaskFile> entries, String name, TaskFile file) {
        TaskFile other = tasks.containsKey(name) ? tasks.get(name) : groups.get(name);
        if (other == null) {
            entries.put(name, file);
        } else {
            conflicts.putIfAbsent(
                    name,
                    "two tasks are called " + name + ": in " + other.file() + " and in " + file.file()
                            + "; rename one or leave it out");
        }
    }

    /** All names, sorted. */
    public List<String> names() {
        return Stream.of(tasks, groups, tags)
                .flatMap(map -> map.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * What names stand for: tasks, groups, tags, patterns of names as a shell has them, or paths of task files and of folders
     * with them.
     */
    public Selection select(List<String> names) {
        TaskSelector selector = new TaskSelector(this);
        for (String name : names) {
            meant(name).forEach(selector::add);
        }
        return selector.selection();
    }

    private List<String> meant(String name) {
        if (tasks.containsKey(name) || groups.containsKey(name) || tags.containsKey(name)) {
            return List.of(name);
        }
        Path place = Path.of(name);
        if (isTaskFile(place)) {
            return named(place, List.of(addFile(place)));
        }
        if (!name.isEmpty() && Files.isDirectory(place)) {
            return named(place, addFolder(place, 1));
        }
        NamePattern pattern = NamePattern.of(name);
        List<String> matching = names().stream().filter(pattern::matches).toList();
        return matching.isEmpty() ? List.of(name) : matching;
    }

    private List<String> named(Path place, List<String> names) {
        if (names.isEmpty() || names.getFirst().isEmpty()) {
            throw new EvaluationException(place + ": names no task and no group" + faults());
        }
        return names;
    }

    /** What else may be the reason why a name is not known. */
    String faults() {
        return faults.isEmpty()
                ? ""
                : "; " + faults.size() + " files could not be read, of which the first is " + faults.getFirst();
    }

    @Nullable
    TaskFile task(String name) {
        refuseConflict(name);
        return tasks.get(name);
    }

    @Nullable
    TaskFile group(String name) {
        refuseConflict(name);
        return groups.get(name);
    }

    private void refuseConflict(String name) {
        String conflict = conflicts.get(name);
        if (conflict != null) {
            throw new EvaluationException(conflict);
        }
    }

    /** The tasks of a tag, sorted; none where there is no such tag. */
    List<String> tagged(String name) {
        NavigableSet<String> tagged = tags.get(name);
        return tagged == null ? List.of() : List.copyOf(tagged);
    }

    /** Tasks and groups to be run; groups come behind the groups that they hold. */
    public record Selection(List<TaskDefinition> tasks, List<GroupDefinition> groups) {}
}
