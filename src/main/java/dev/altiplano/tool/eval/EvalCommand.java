package dev.altiplano.tool.eval;

import dev.altiplano.training.corpus.Document;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.run.Example;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a model that was trained on the grammar's text against the grammar. */
@Command(
        name = "eval",
        description = {
            "Measures a model that learned the grammar's text, on documents that it has not seen:",
            "perplexity beside the grammar's own, stories that the grammar accepts, stories known by heart;",
            "and with --instruct, the answers of a fine-tuned model.",
            "With --weights or --kv-format: what each format costs in perplexity, as a table in Markdown."
        },
        mixinStandardHelpOptions = true)
public final class EvalCommand implements Callable<Integer> {

    private static final int MAX_STORY_TOKENS = 400;
    private static final int EXAMPLES_SHOWN = 3;

    @Parameters(paramLabel = "MODEL", description = "The model's folder.")
    private Path model = Path.of(".");

    @Option(names = "--instruct", paramLabel = "MODEL", description = "The fine-tuned model's folder.")
    private @Nullable Path instruct;

    @Option(names = "--texts", description = "Documents of each kind for the perplexity (default: ${DEFAULT-VALUE}).")
    private int texts = 100;

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
                    "Only the perplexity, with weights held in each of these formats: file, f32, bf16, q8_0, q4_k, … (default: file).")
    private List<String> weights = List.of();

    @Option(
            names = "--kv-format",
            paramLabel = "FORMAT",
            split = ",",
            description =
                    "Only the perplexity, with keys and values kept in each of these: f32, f16, q8_0 (default: auto).")
    private List<String> kvFormats = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (!weights.isEmpty() || !kvFormats.isEmpty()) {
            new FormatCosts(model, texts, seed).print(weights, kvFormats, out);
            return 0;
        }
        try (EvaluatedModel evaluated = new EvaluatedModel(model)) {
            GrammarPerplexity.of(evaluated, texts, seed).print(out);
            stories(evaluated, out);
        }
        if (instruct != null) {
            try (EvaluatedModel evaluated = new EvaluatedModel(instruct)) {
                questions(evaluated, out);
            }
        }
        return 0;
    }

    private void stories(EvaluatedModel evaluated, PrintWriter out) throws InterruptedException {
        Set<String> learned = new HashSet<>();
        for (long trainingSeed : trainingSeeds) {
            for (int i = 0; i < trainingStories; i++) {
                for (DocumentKind kind : List.of(DocumentKind.STORIES, DocumentKind.QUESTIONS)) {
                    learned.add(story(Grammar.document(kind, trainingSeed, i).text()));
                }
            }
        }
        ArrayList<String> prompts = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            String story = Grammar.document(DocumentKind.STORIES, seed + 1, i).text();
            prompts.add(story.substring(0, story.indexOf(". ") + 1));
        }
        stories("greedy", prompts, evaluated.complete(prompts, 0, MAX_STORY_TOKENS), learned, out);
        stories("temperature 0.8", prompts, evaluated.complete(prompts, 0.8f, MAX_STORY_TOKENS), learned, out);
    }

    private static void stories(
            String how, List<String> prompts, List<String> completions, Set<String> learned, PrintWriter out) {
        int accepted = 0;
        int repeated = 0;
        int shown = 0;
        Set<String> different = new HashSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            String story = story(prompts.get(i) + completions.get(i));
            different.add(story);
            repeated += learned.contains(story) ? 1 : 0;
            Optional<String> problem = Grammar.problem(DocumentKind.STORIES, story);
            accepted += problem.isEmpty() ? 1 : 0;
            if (problem.isPresent() && shown++ < EXAMPLES_SHOWN) {
                out.println("  not of the grammar: " + problem.get());
            }
        }
        out.println(String.format(
                Locale.ROOT,
                "stories, %s: %d of %d accepted (%.1f %%), %d different, %d as in the training text",
                how,
                accepted,
                prompts.size(),
                100.0 * accepted / prompts.size(),
                different.size(),
                repeated));
        out.flush();
    }

    /** The part before the questions that may follow a story; they are measured by themselves. */
    private static String story(String text) {
        return text.split("\n\nQuestion: ")[0];
    }

    private void questions(EvaluatedModel evaluated, PrintWriter out) throws InterruptedException {
        ArrayList<Document> questions = new ArrayList<>();
        for (long i = 0; questions.size() < documents; i++) {
            Document document = Grammar.document(DocumentKind.INSTRUCTIONS, seed + 2, i);
            if (document.prompt().contains("\n\n")) {
                questions.add(document);
            }
        }
        List<String> answers = evaluated.complete(
                questions.stream()
                        .map(question -> Example.prompt(question.prompt()))
                        .toList(),
                0,
                40);
        int right = 0;
        int shown = 0;
        for (int i = 0; i < documents; i++) {
            Document question = questions.get(i);
            if (answers.get(i).strip().equals(question.answer())) {
                right++;
            } else if (shown++ < EXAMPLES_SHOWN) {
                out.println("  " + question.prompt().substring(question.prompt().indexOf("\n\n") + 2) + " "
                        + answers.get(i).strip() + " (right: " + question.answer() + ")");
            }
        }
        out.println(String.format(
                Locale.ROOT,
                "questions: %d of %d answered exactly (%.1f %%)",
                right,
                documents,
                100.0 * right / documents));
        out.flush();
    }
}
