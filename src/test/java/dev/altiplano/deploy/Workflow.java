package dev.altiplano.deploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what is wrong with a workflow file before GitHub would, or would not. */
final class Workflow {
    private static final Set<String> TOP =
            Set.of("name", "run-name", "on", "true", "permissions", "env", "defaults", "concurrency", "jobs");
    private static final Set<String> JOB = Set.of(
            "name",
            "needs",
            "if",
            "runs-on",
            "permissions",
            "environment",
            "concurrency",
            "outputs",
            "env",
            "defaults",
            "steps",
            "timeout-minutes",
            "strategy",
            "services",
            "container");
    private static final Set<String> STEP = Set.of(
            "id",
            "if",
            "name",
            "uses",
            "run",
            "with",
            "env",
            "shell",
            "working-directory",
            "continue-on-error",
            "timeout-minutes");
    private static final Set<String> EVENTS = Set.of(
            "push",
            "pull_request",
            "schedule",
            "workflow_dispatch",
            "release",
            "merge_group",
            "branch_protection_rule");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{(.*?)}}");
    private static final Pattern REFERENCE =
            Pattern.compile("\\b([a-z]+)\\.([A-Za-z0-9_-]+)(?:\\.outputs\\.([A-Za-z0-9_-]+))?[A-Za-z0-9_.*-]*");
    private static final Set<String> FREE =
            Set.of("github", "vars", "secrets", "runner", "job", "env", "inputs", "strategy");

    private final Map<String, Object> tree;
    private final List<String> problems = new ArrayList<>();

    private Workflow(Map<String, Object> tree) {
        this.tree = tree;
    }

    static List<String> problems(Map<String, Object> tree) {
        Workflow workflow = new Workflow(tree);
        workflow.check();
        return workflow.problems;
    }

    private void check() {
        unknown("the workflow", tree.keySet(), TOP);
        // YAML 1.1 reads the key "on" as true.
        Object on = tree.containsKey("on") ? tree.get("on") : ((Map<?, ?>) tree).get(Boolean.TRUE);
        Set<?> events = switch (on) {
            case Map<?, ?> map -> map.keySet();
            case List<?> list -> Set.copyOf(list);
            case null, default -> Set.of(String.valueOf(on));
        };
        unknown("on", events, EVENTS);
        if (!(tree.get("permissions") instanceof Map<?, ?> permissions) || permissions.containsValue("write")) {
            problems.add("permissions of the workflow must be given, and writing belongs to single jobs");
        }
        Map<String, Object> jobs = Tree.map(tree.get("jobs"));
        jobs.forEach((name, job) -> job(name, Tree.map(job), jobs));
    }

    private void job(String name, Map<String, Object> job, Map<String, Object> jobs) {
        unknown(name, job.keySet(), JOB);
        if (!job.containsKey("timeout-minutes")) {
            problems.add(name + " has no timeout-minutes: it may run for six hours");
        }
        Set<String> needs = new HashSet<>();
        Object stated = job.get("needs");
        (stated instanceof List<?> list ? list : stated == null ? List.of() : List.of(stated))
                .forEach(need -> needs.add(need.toString()));
        for (String need : needs) {
            if (!jobs.containsKey(need)) {
                problems.add(name + " needs " + need + ", which is not a job");
            }
        }
        Set<String> matrix = new LinkedHashSet<>();
        if (Tree.at(job, "strategy.matrix") instanceof Map<?, ?> variants) {
            variants.forEach((key, value) -> {
                if (key.equals("include")) {
                    ((List<?>) value).forEach(entry -> Tree.map(entry).keySet().forEach(matrix::add));
                } else {
                    matrix.add(key.toString());
                }
            });
        }
        Set<String> steps = new HashSet<>();
        for (Map<String, Object> step : Tree.maps(job, "steps")) {
            String label = name + ", " + step.getOrDefault("name", step.getOrDefault("uses", "a step"));
            step(label, step);
            references(label, step, steps, needs, jobs, matrix);
            if (step.containsKey("id") && !steps.add(step.get("id").toString())) {
                problems.add(label + ": a second step has the id " + step.get("id"));
            }
        }
        references(name, Map.of("runs-on", job.getOrDefault("runs-on", "")), steps, needs, jobs, matrix);
        references(name, Map.of("outputs", job.getOrDefault("outputs", "")), steps, needs, jobs, matrix);
        references(name, Map.of("env", job.getOrDefault("env", "")), steps, needs, jobs, matrix);
    }

    private void step(String label, Map<String, Object> step) {
        unknown(label, step.keySet(), STEP);
        if (step.containsKey("uses") == step.containsKey("run")) {
            problems.add(label + ": a step either uses an action or runs a script");
        }
        if (step.get("uses") instanceof String uses && !uses.matches("[\\w.-]+/[\\w./-]+@[0-9a-f]{40}")) {
            problems.add(label + ": " + uses + " is not pinned to a commit, which no tag can move");
        }
        if (step.get("run") instanceof String script && script.contains("${{")) {
            problems.add(label
                    + ": the script contains an expression, through which text from outside becomes code; use env");
        }
        if (step.get("uses") instanceof String uses
                && uses.startsWith("actions/checkout@")
                && !Boolean.FALSE.equals(Tree.at(step, "with.persist-credentials"))) {
            problems.add(label + ": checkout must not leave its credentials behind");
        }
    }

    private void references(
            String label,
            Object node,
            Set<String> steps,
            Set<String> needs,
            Map<String, Object> jobs,
            Set<String> matrix) {
        Tree.leaves(node, "", (path, value) -> {
            List<String> expressions = new ArrayList<>();
            if (path.equals("/if")) {
                expressions.add(value.toString());
            }
            Matcher expression = EXPRESSION.matcher(String.valueOf(value));
            while (expression.find()) {
                expressions.add(expression.group(1));
            }
            for (String text : expressions) {
                Matcher reference = REFERENCE.matcher(text.replaceAll("'[^']*'", ""));
                while (reference.find()) {
                    String context = reference.group(1);
                    String name = reference.group(2);
                    boolean known = switch (context) {
                        case "steps" -> steps.contains(name);
                        case "needs" ->
                            needs.contains(name) && Tree.at(jobs, name + ".outputs." + reference.group(3)) != null;
                        case "matrix" -> matrix.contains(name);
                        default -> FREE.contains(context);
                    };
                    if (!known) {
                        problems.add(label + ": nothing is called " + reference.group());
                    }
                }
            }
        });
    }

    private void unknown(String where, Set<?> keys, Set<String> known) {
        for (Object key : keys) {
            if (!known.contains(key.toString())) {
                problems.add(where + " has an unknown key " + key);
            }
        }
    }
}
