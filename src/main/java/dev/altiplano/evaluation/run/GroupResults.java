package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.statistic.Calibration;
import dev.altiplano.evaluation.statistic.StandardError;
import dev.altiplano.evaluation.statistic.Sum;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.GroupDefinition.GroupMetric;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of groups: weighted means over the tasks below them. */
final class GroupResults {

    private final Map<String, TaskResult> tasks;
    private final Map<String, GroupDefinition> groups;

    GroupResults(Map<String, TaskResult> tasks, Map<String, GroupDefinition> groups) {
        this.tasks = tasks;
        this.groups = groups;
    }

    TaskResult of(GroupDefinition group) {
        List<String> below = new ArrayList<>();
        collect(group, below);
        List<MetricResult> metrics = new ArrayList<>();
        for (GroupMetric metric : group.metrics()) {
            Set<String> filters = new LinkedHashSet<>(metric.filters());
            if (filters.isEmpty()) {
                below.forEach(name -> task(name).metrics().stream()
                        .filter(result -> result.metric().equals(metric.metric()))
                        .forEach(result -> filters.add(result.filter())));
            }
            for (String filter : filters) {
                mean(metric, filter, below, metrics);
            }
        }
        int documents = below.stream().mapToInt(name -> task(name).documents()).sum();
        int available = below.stream().mapToInt(name -> task(name).available()).sum();
        int truncated = below.stream().mapToInt(name -> task(name).truncated()).sum();
        double seconds =
                below.stream().mapToDouble(name -> task(name).seconds()).sum();
        Calibration calibration = Calibration.joined(
                below.stream().map(name -> task(name).calibration()).toList());
        return new TaskResult(
                group.name(),
                group.version(),
                true,
                -1,
                documents,
                available,
                "",
                truncated,
                seconds,
                calibration,
                metrics);
    }

    private TaskResult task(String name) {
        TaskResult task = tasks.get(name);
        if (task == null) {
            throw new IllegalStateException("the task " + name + " was not run");
        }
        return task;
    }

    /** A task that two of the groups inside hold counts twice, as in the harness. */
    private void collect(GroupDefinition group, List<String> below) {
        for (String child : group.children()) {
            GroupDefinition inner = groups.get(child);
            if (inner != null) {
                collect(inner, below);
            } else if (tasks.containsKey(child)) {
                below.add(child);
            }
        }
    }

    private void mean(GroupMetric metric, String filter, List<String> below, List<MetricResult> metrics) {
        List<Double> errors = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Sum values = new Sum();
        double weights = 0;
        boolean higherIsBetter = true;
        for (String name : below) {
            for (MetricResult result : task(name).metrics()) {
                if (result.metric().equals(metric.metric()) && result.filter().equals(filter)) {
                    double weight = metric.weightBySize() ? task(name).documents() : 1;
                    values.add(result.value() * weight, result.numpy());
                    weights += weight;
                    errors.add(result.standardError());
                    sizes.add(task(name).documents());
                    higherIsBetter = result.higherIsBetter();
                }
            }
        }
        if (!sizes.isEmpty()) {
            metrics.add(new MetricResult(
                    metric.metric(),
                    filter,
                    values.value() / weights,
                    StandardError.pooled(errors, sizes),
                    higherIsBetter,
                    false,
                    List.of()));
        }
    }
}
