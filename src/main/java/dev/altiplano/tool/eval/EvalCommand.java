package dev.altiplano.tool.eval;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.evaluation.model.EngineModel;
import dev.altiplano.evaluation.report.Comparison;
import dev.altiplano.evaluation.text.PerplexityChunks;
import dev.altiplano.evaluation.text.TextPerplexity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a model: by tasks, by texts, against a reference, or against the grammar that it was trained on. */
@Command(
        name = "eval",
        description = {
            "With --tasks or --suite: runs tasks in lm-evaluation-harness' YAML, on MODEL or a server.",
            "With --perplexity or --divergence: measures on a text; --compare holds two results against each other.",
            "Otherwise measures a model that learned the grammar's text, on documents that it has not seen:",
            "perplexity compared with the grammar's own, stories that the grammar accepts, memorized stories;",
            "and with --instruct, the answers of a fine-tuned model.",
            "With --weights or --kv-format, without tasks or a text: what each format costs in perplexity, as a table in Markdown."
        },
        mixinStandardHelpOptions = true)
public final class EvalCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            arity = "0..1",
            description = "The model's folder or file; left out with --compare and --base-url.")
    private @Nullable Path model;

    @Parameters(
            index = "1",
            paramLabel = "TEXT",
            arity = "0..1",
            description = "A text, for --perplexity and --divergence.")
    private @Nullable Path text;

    @Mixin
    private TaskOptions tasks = new TaskOptions();

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private TextOptions texts = new TextOptions();

    @Option(names = "--compare", paramLabel = "JSON", arity = "2", description = "Compare two results of --json.")
    private List<Path> compare = List.of();

    @Option(names = "--instruct", paramLabel = "MODEL", description = "The fine-tuned model's folder.")
    private @Nullable Path instruct;

    @Option(names = "--texts", description = "Documents of each kind for the perplexity (default: ${DEFAULT-VALUE}).")
    private int documentsPerKind = 100;

    @Option(names = "--documents", description = "How many stories and questions (default: ${DEFAULT-VALUE}).")
    private int documents = 200;

    @Option(names = "--seed", description = "Which unseen documents (default: ${DEFAULT-VALUE}).")
    private long seed = 1000;

    @Option(
            names = "--training-seeds",
            split = ",",
            defaultValue = "1,2",
            description = "The seeds of the training (default: ${DEFAULT-VALUE}).")
    private List<Long> trainingSeeds = List.of();

    @Option(
            names = "--training-stories",
            description =
                    "How many stories of a seed, with and without questions, were learned at most (default: ${DEFAULT-VALUE}).")
    private int trainingStories = 50000;

    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            split = ",",
            description =
                    "How weights are held: file, f32, bf16, q8_0, q4_k, … (default: file); several with --divergence, or alone for a table of the grammar's perplexity.")
    private List<String> weights = List.of();

    @Option(
            names = "--kv-format",
            paramLabel = "FORMAT",
            split = ",",
            description =
                    "How keys and values are kept: f32, i16, f16, q8_0 (default: auto); several as with --weights.")
    private List<String> kvFormats = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        EvalMode mode = mode();
        checkUsed(mode);
        switch (mode) {
            case COMPARE -> {
                out.print(Comparison.of(compare.get(0), compare.get(1)).markdown());
                out.flush();
            }
            case TASKS, SERVER ->
                new TaskRun(
                                mode.takesModel() ? model() : Path.of(""),
                                only("--weights", weights, "file"),
                                only("--kv-format", kvFormats, "auto"),
                                tasks,
                                server)
                        .run(out, err);
            case DIVERGENCE ->
                new DivergenceTable(model(), server.backend, texts, tasks.watts, tasks.html)
                        .print(weights, kvFormats, text(), out, err);
            case PERPLEXITY -> perplexity(out, err);
            case FORMATS ->
                new FormatCosts(model(), server.backend, documentsPerKind, seed).print(weights, kvFormats, out);
            case GRAMMAR -> grammar(out);
        }
        return 0;
    }

    private EvalMode mode() {
        if (!compare.isEmpty()) {
            return EvalMode.COMPARE;
        }
        if (tasks.asked()) {
            return server.baseUrl == null ? EvalMode.TASKS : EvalMode.SERVER;
        }
        if (texts.divergence) {
            return EvalMode.DIVERGENCE;
        }
        if (texts.perplexity) {
            return EvalMode.PERPLEXITY;
        }
        return weights.isEmpty() && kvFormats.isEmpty() ? EvalMode.GRAMMAR : EvalMode.FORMATS;
    }

    /** Refuses what would be passed over. */
    private void checkUsed(EvalMode mode) {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            if (!mode.takes(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        name + " goes with " + EvalMode.taking(name) + ", not with " + mode.label());
            }
        }
        if (model != null && !mode.takesModel()) {
            throw new ParameterException(spec.commandLine(), model + ": no MODEL goes with " + mode.label());
        }
        if (text != null && !mode.takesText()) {
            throw new ParameterException(
                    spec.commandLine(),
                    text + ": a TEXT goes with --perplexity or --divergence, not with " + mode.label());
        }
    }

    private void perplexity(PrintWriter out, PrintWriter err) throws IOException, InterruptedException {
        EngineOptions options = EvaluatedOptions.of(
                model(), only("--weights", weights, "file"), only("--kv-format", kvFormats, "auto"), server.backend);
        String content = text();
        try (EngineModel judged = EngineModel.open(options, (phase, done, total) -> {})) {
            TextPerplexity perplexity = TextPerplexity.of(
                    judged,
                    content,
                    new PerplexityChunks(texts.context, texts.stride),
                    texts.chunks,
                    new RequestProgress("chunks", err));
            out.println(String.format(
                    Locale.ROOT,
                    "perplexity %.5f ± %.5f, %d tokens in %d chunks of %d, stride %d",
                    perplexity.perplexity(),
                    perplexity.error(),
                    perplexity.tokens(),
                    perplexity.chunks(),
                    texts.context,
                    texts.stride));
            out.flush();
        }
    }

    private Path model() {
        if (model == null) {
            throw new ParameterException(spec.commandLine(), "Which model? Give its folder or file.");
        }
        return model;
    }

    private String text() throws IOException {
        if (text == null) {
            throw new ParameterException(spec.commandLine(), "Which text? Give its file behind the model.");
        }
        return Files.readString(text, StandardCharsets.UTF_8);
    }

    private String only(String option, List<String> values, String fallback) {
        if (values.size() > 1) {
            throw new ParameterException(spec.commandLine(), option + ": give one here, not " + values.size());
        }
        return values.isEmpty() ? fallback : values.getFirst();
    }

    private void grammar(PrintWriter out) throws InterruptedException {
        GrammarStories stories = new GrammarStories(documents, seed, trainingSeeds, trainingStories);
        try (EvaluatedModel evaluated = new EvaluatedModel(model(), server.backend)) {
            GrammarPerplexity.of(evaluated, documentsPerKind, seed).print(out);
            stories.stories(evaluated, out);
        }
        if (instruct != null) {
            try (EvaluatedModel evaluated = new EvaluatedModel(instruct, server.backend)) {
                stories.questions(evaluated, out);
            }
        }
    }
}
