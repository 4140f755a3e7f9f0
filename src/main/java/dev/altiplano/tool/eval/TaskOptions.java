package dev.altiplano.tool.eval;

import dev.altiplano.evaluation.protocol.Convention;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code eval} is told about tasks. */
final class TaskOptions {

    @Option(
            names = "--tasks",
            paramLabel = "NAME",
            split = ",",
            description = "Tasks, groups or tags to run, patterns of names such as \"mmlu_*\", or task files.")
    List<String> names = List.of();

    @Option(
            names = "--task-files",
            paramLabel = "PATH",
            split = ",",
            description = "Task files in lm-evaluation-harness' YAML, or folders of them.")
    List<Path> files = List.of();

    @Option(names = "--suite", paramLabel = "SUITE", description = "Tasks that come with the program: llama-paper.")
    @Nullable
    String suite;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of documents; by default next to the task files.")
    @Nullable
    Path data;

    @Option(
            names = "--num-fewshot",
            paramLabel = "N",
            description = "Solved examples, in all tasks but those that say num_fewshot: 0.")
    @Nullable
    Integer examples;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Only the first documents of each task; below 1, that part of them.")
    double limit = Integer.MAX_VALUE;

    @Option(
            names = "--as",
            paramLabel = "MODEL",
            description = "Tokens as the harness' model has them: hf or local-completions (default: hf).")
    String convention = Convention.HF.label();

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = "Where each answer is written; a run that was stopped goes on from it.")
    @Nullable
    Path journal;

    @Option(
            names = "--bootstrap",
            paramLabel = "N",
            description = "Resamples for standard errors that need them (default: ${DEFAULT-VALUE}).")
    int resamples = 100_000;

    @Option(names = "--fewshot-seed", paramLabel = "N", description = "Of the examples (default: ${DEFAULT-VALUE}).")
    long seed = 1234;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results as JSON.")
    @Nullable
    Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the results as one page of HTML.")
    @Nullable
    Path html;

    @Option(
            names = "--samples",
            paramLabel = "DIR",
            description = "Write what was asked and answered as JSON lines, for others to judge.")
    @Nullable
    Path samples;

    @Option(names = "--toxic-words", paramLabel = "FILE", description = "Words that the metric toxicity looks for.")
    @Nullable
    Path toxicWords;

    @Option(
            names = "--toxicity-url",
            paramLabel = "URL",
            description = "A classifier: POST {\"text\": …} gives {\"toxicity\": 0 to 1}.")
    @Nullable
    String toxicityUrl;

    @Option(names = "--watts", paramLabel = "W", description = "Power to reckon with where no meter tells the energy.")
    double watts;

    @Option(names = "--pue", description = "Power usage effectiveness (default: ${DEFAULT-VALUE}).")
    double pue = 1.1;

    @Option(names = "--carbon-factor", description = "kg of CO2eq for a kWh (default: ${DEFAULT-VALUE}).")
    double carbonFactor = 0.385;

    boolean asked() {
        return !names.isEmpty() || !files.isEmpty() || suite != null;
    }
}
