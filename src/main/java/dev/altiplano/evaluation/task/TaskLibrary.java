package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GroupDefinition.GroupMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tasks, groups and tags of files and folders, by name. Files are read when they are added; a task is checked when it is
 * asked for, so that one that needs Python hinders nobody else.
 */
public final class TaskLibrary {

    private static final int MAX_FILES = 100_000;
    private static final int MAX_DEPTH = 16;

    private record Entry(Path file, Map<String, Object> values) {}

    private final Map<String, Entry> tasks = new LinkedHashMap<>();
    private final Map<String, Entry> groups = new LinkedHashMap<>();
    private final Map<String, Set<String>> tags = new LinkedHashMap<>();

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

    private void addFile(Path file) {
        Map<String, Object> values = YamlReader.read(file);
        if (values.get("task") instanceof List<?> && values.get("group") instanceof String group) {
            put(groups, group, new Entry(file, values));
        } else if (values.get("task") instanceof String task) {
            put(tasks, task, new Entry(file, values));
            for (String key : List.of("tag", "group")) {
                Object tag = values.get(key);
                for (Object one : tag == null ? List.of() : tag instanceof List<?> list ? list : List.of(tag)) {
                    tags.computeIfAbsent(String.valueOf(one), name -> new LinkedHashSet<>())
                            .add(task);
                }
            }
        }
    }

    private void put(Map<String, Entry> entries, String name, Entry entry) {
        Entry other = tasks.containsKey(name) ? tasks.get(name) : groups.get(name);
        if (other != null) {
            throw new EvaluationException("two tasks are called " + name + ": in " + other.file() + " and in "
                    + entry.file() + "; rename one or leave it out");
        }
        entries.put(name, entry);
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
        Map<String, TaskDefinition> chosen = new LinkedHashMap<>();
        Map<String, GroupDefinition> chosenGroups = new LinkedHashMap<>();
        for (String name : names) {
            select(name, chosen, chosenGroups, 0);
        }
        return new Selection(List.copyOf(chosen.values()), List.copyOf(chosenGroups.values()));
    }

    private void select(
            String name, Map<String, TaskDefinition> chosen, Map<String, GroupDefinition> chosenGroups, int depth) {
        if (depth > MAX_DEPTH) {
            throw new EvaluationException("the group " + name + " holds itself, or is nested deeper than " + MAX_DEPTH);
        }
        Entry task = tasks.get(name);
        Entry group = groups.get(name);
        if (task != null) {
            chosen.computeIfAbsent(name, key -> TaskReader.read(task.file(), task.values()));
        } else if (group != null) {
            if (!chosenGroups.containsKey(name)) {
                GroupDefinition definition = group(group);
                for (String child : definition.children()) {
                    select(child, chosen, chosenGroups, depth + 1);
                }
                chosenGroups.put(name, definition);
            }
        } else if (tags.containsKey(name)) {
            tags.getOrDefault(name, Set.of()).forEach(one -> select(one, chosen, chosenGroups, depth + 1));
        } else {
            throw new EvaluationException("there is no task, group or tag called " + name + "; there are "
                    + String.join(", ", names().stream().limit(100).toList()));
        }
    }

    private GroupDefinition group(Entry entry) {
        Settings settings = new Settings(entry.file().toString(), entry.values());
        settings.refuseFunctions();
        settings.refuseUnknown(Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata"));
        List<String> children = new ArrayList<>();
        if (settings.raw("task") instanceof List<?> list) {
            for (Object child : list) {
                children.add(child instanceof Map<?, ?> map ? inline(entry.file(), map) : String.valueOf(child));
            }
        }
        List<GroupMetric> metrics = new ArrayList<>();
        for (Settings metric : settings.list("aggregate_metric_list")) {
            String aggregation = metric.text("aggregation", "mean");
            if (!aggregation.equals("mean")) {
                throw metric.wrong("aggregation", "'" + aggregation + "' is not mean");
            }
            metrics.add(new GroupMetric(
                    metric.text("metric", "acc"), metric.flag("weight_by_size", true), metric.texts("filter_list")));
        }
        return new GroupDefinition(
                settings.text("group", ""),
                children,
                metrics,
                settings.map("metadata").text("version", ""));
    }

    /** A task that stands in the group's file itself. */
    private String inline(Path file, Map<?, ?> map) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, value) -> values.put(String.valueOf(key), value));
        if (!(values.get("task") instanceof String name)) {
            throw new EvaluationException(file + ": task: an entry must be a name, or a mapping with a task's name");
        }
        if (values.size() > 1 && !tasks.containsKey(name)) {
            tasks.put(name, new Entry(file, values));
        }
        return name;
    }

    /** Tasks and groups to be run; groups come behind the groups that they hold. */
    public record Selection(List<TaskDefinition> tasks, List<GroupDefinition> groups) {}
}
