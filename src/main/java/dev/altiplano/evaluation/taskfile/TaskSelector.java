package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.GroupDefinition.GroupMetric;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects what names of tasks, groups and tags stand for. Settings of a group that are no group's own, and those beside a
 * member's name, are put over the settings of the tasks below.
 */
final class TaskSelector {

    private static final int MAX_DEPTH = 16;

    /** What a group may say of itself. */
    private static final Set<String> OF_GROUPS =
            Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata");

    private record Chosen(TaskFile file, TaskDefinition task) {}

    private final TaskLibrary library;
    private final Map<String, Chosen> tasks = new LinkedHashMap<>();
    private final Map<String, GroupDefinition> groups = new LinkedHashMap<>();

    TaskSelector(TaskLibrary library) {
        this.library = library;
    }

    TaskLibrary.Selection selection() {
        return new TaskLibrary.Selection(
                tasks.values().stream().map(Chosen::task).toList(), List.copyOf(groups.values()));
    }

    /** Adds a task, a group or the tasks of a tag. */
    void add(String name) {
        TaskFile task = library.task(name);
        TaskFile group = library.group(name);
        TaskFile none = new TaskFile(Path.of(""), Map.of(), Lines.NONE);
        if (task != null) {
            task(name, task);
        } else if (group != null) {
            group(name, group, none, 0);
        } else if (!member(name, none, 0, new LinkedHashSet<>())) {
            throw new EvaluationException(unknown(name));
        }
    }

    private String unknown(String name) {
        return "there is no task, group or tag called " + name + "; there are "
                + String.join(", ", library.names().stream().limit(100).toList()) + library.faults();
    }

    private void task(String name, TaskFile file) {
        Chosen other = tasks.get(name);
        if (other == null) {
            tasks.put(name, new Chosen(file, TaskReader.read(file)));
        } else if (!other.file().values().equals(file.values())) {
            throw new EvaluationException("the task " + name + " is asked for twice with different settings ("
                    + String.join(", ", differences(other.file(), file))
                    + "), by a group with settings of its own: run them apart");
        }
    }

    private static Set<String> differences(TaskFile first, TaskFile second) {
        Set<String> keys = new TreeSet<>(first.values().keySet());
        keys.addAll(second.values().keySet());
        keys.removeIf(
                key -> Objects.equals(first.values().get(key), second.values().get(key)));
        return keys;
    }

    /** Adds what a group names, with settings over its own; false where there is nothing of that name. */
    private boolean member(String name, TaskFile over, int depth, Set<String> children) {
        TaskFile task = library.task(name);
        TaskFile group = library.group(name);
        if (task != null) {
            task(name, task.with(over));
            children.add(name);
            return true;
        }
        if (group != null) {
            group(name, group, over, depth + 1);
            children.add(name);
            return true;
        }
        List<String> tagged = library.tagged(name);
        for (String one : tagged) {
            member(one, over, depth, children);
        }
        return !tagged.isEmpty();
    }

    /** Adds a group and what it holds. */
    private void group(String name, TaskFile file, TaskFile above, int depth) {
        if (depth > MAX_DEPTH) {
            throw new EvaluationException("the group " + name + " holds itself, or is nested deeper than " + MAX_DEPTH);
        }
        Settings settings = file.settings("group");
        settings.refuseFunctions();
        TaskFile over = file.without(OF_GROUPS).with(above);
        Set<String> children = new LinkedHashSet<>();
        if (!(settings.raw("task") instanceof List<?> list)) {
            throw settings.wrong("task", "must list what the group holds");
        }
        for (int i = 0; i < list.size(); i++) {
            String path = "task[" + i + "]";
            switch (list.get(i)) {
                case String text -> {
                    if (!member(text, over, depth, children)) {
                        throw settings.wrong(path, unknown(text));
                    }
                }
                case Map<?, ?> map
                when map.get("group") instanceof String inner ->
                    children.add(inner(name, inner, file.below(path, map), over, depth));
                case Map<?, ?> map
                when map.get("task") instanceof String task -> {
                    TaskFile own = file.below(path, map);
                    if (!member(task, over.with(own.without(Set.of("task"))), depth, children)) {
                        children.add(inline(name, task, over.with(own)));
                    }
                }
                case null, default ->
                    throw settings.wrong(
                            path, "must be a name, or a mapping with a task's or a group's name, not " + list.get(i));
            }
        }
        groups.put(name, definition(name, settings, children));
    }

    /** A group inside another one: of the library with other settings, or one that is written there. */
    private String inner(String outer, String name, TaskFile own, TaskFile over, int depth) {
        TaskFile known = library.group(name);
        String called = known == null ? outer + "::" + name : name;
        group(called, known == null ? own : known, known == null ? over : over.with(own.without(OF_GROUPS)), depth + 1);
        return called;
    }

    /** A task that is written in the group's file. */
    private String inline(String outer, String name, TaskFile file) {
        String called = outer + "::" + name;
        Map<String, Object> values = new LinkedHashMap<>(file.values());
        values.put("task", called);
        task(called, new TaskFile(file.file(), values, file.lines()));
        return called;
    }

    private static GroupDefinition definition(String name, Settings settings, Set<String> children) {
        List<GroupMetric> metrics = new ArrayList<>();
        for (Settings metric : settings.list("aggregate_metric_list")) {
            metric.refuseUnknown(Set.of("metric", "aggregation", "weight_by_size", "filter_list"));
            String aggregation = metric.text("aggregation", "mean");
            if (!aggregation.equals("mean")) {
                throw metric.wrong("aggregation", "'" + aggregation + "' is not mean");
            }
            if (!metric.has("metric")) {
                throw metric.wrong("metric", "is missing");
            }
            metrics.add(new GroupMetric(
                    metric.text("metric", ""), metric.flag("weight_by_size", true), metric.texts("filter_list")));
        }
        return new GroupDefinition(
                name, List.copyOf(children), metrics, settings.map("metadata").text("version", ""));
    }
}
