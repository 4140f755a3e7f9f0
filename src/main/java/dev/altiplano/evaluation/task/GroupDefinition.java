package dev.altiplano.evaluation.task;

import java.util.List;

/**
 * Tasks and groups under one name.
 *
 * @param children names, of tasks or groups
 * @param metrics what is aggregated over the tasks; nothing where it is empty
 */
public record GroupDefinition(String name, List<String> children, List<GroupMetric> metrics, String version) {

    /**
     * A metric of a group: the mean over its tasks.
     *
     * @param weightBySize whether tasks count by their documents
     * @param filters the filters whose results count; all where it is empty
     */
    public record GroupMetric(String metric, boolean weightBySize, List<String> filters) {
        public GroupMetric {
            filters = List.copyOf(filters);
        }
    }

    public GroupDefinition {
        children = List.copyOf(children);
        metrics = List.copyOf(metrics);
    }
}
