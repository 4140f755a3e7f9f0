package dev.altiplano.tool.eval;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ways to judge a model, each with the options that it takes. */
enum EvalMode {
    COMPARE("--compare", Set.of("--compare")),
    TASKS("tasks (--tasks, --suite)", of(Options.TASKS, Options.MODEL)),
    SERVER("tasks on a server (--base-url with --tasks or --suite)", of(Options.TASKS, Options.SERVER)),
    DIVERGENCE(
            "--divergence",
            of(
                    Options.TEXT,
                    Options.MODEL,
                    Set.of(
                            "--divergence",
                            "--reference",
                            "--reference-weights",
                            "--reference-kv-format",
                            "--reference-backend",
                            "--html",
                            "--watts"))),
    PERPLEXITY("--perplexity", of(Options.TEXT, Options.MODEL, Set.of("--perplexity"))),
    FORMATS("the table of formats", of(Options.MODEL, Set.of("--texts", "--seed"))),
    GRAMMAR(
            "the grammar's measures",
            Set.of(
                    "--instruct",
                    "--texts",
                    "--documents",
                    "--seed",
                    "--training-seeds",
                    "--training-stories",
                    "--backend"));

    private final String label;
    private final Set<String> options;

    EvalMode(String label, Set<String> options) {
        this.label = label;
        this.options = options;
    }

    boolean takes(String option) {
        return options.contains(option);
    }

    boolean takesModel() {
        return this != COMPARE && this != SERVER;
    }

    boolean takesText() {
        return this == DIVERGENCE || this == PERPLEXITY;
    }

    String label() {
        return label;
    }

    /** The ways that take an option. */
    static String taking(String option) {
        return Arrays.stream(values())
                .filter(mode -> mode.takes(option) && !(mode == SERVER && TASKS.takes(option)))
                .map(EvalMode::label)
                .collect(Collectors.joining(", "));
    }

    @SafeVarargs
    private static Set<String> of(Set<String>... sets) {
        return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /** Options that several ways share. */
    private static final class Options {
        static final Set<String> MODEL = Set.of("--weights", "--kv-format", "--backend");
        static final Set<String> TEXT = Set.of("--context", "--stride", "--chunks");
        static final Set<String> SERVER =
                Set.of("--base-url", "--model-name", "--api-key-variable", "--max-length", "--parallel");
        static final Set<String> TASKS = Set.of(
                "--tasks",
                "--task-files",
                "--suite",
                "--data",
                "--num-fewshot",
                "--limit",
                "--as",
                "--journal",
                "--bootstrap",
                "--fewshot-seed",
                "--json",
                "--html",
                "--samples",
                "--toxic-words",
                "--toxicity-url",
                "--watts",
                "--pue",
                "--carbon-factor");
    }
}
