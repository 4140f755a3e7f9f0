package dev.altiplano.tool.eval;

import dev.altiplano.training.corpus.Document;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.run.Example;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Stories that a model writes, and questions about stories that a fine-tuned one answers, held against the grammar.
 *
 * @param documents how many stories and questions
 * @param seed which unseen documents
 * @param trainingSeeds the seeds of the training
 * @param trainingStories how many stories of a seed were learned at most
 */
record GrammarStories(int documents, long seed, List<Long> trainingSeeds, int trainingStories) {

    private static final int MAX_STORY_TOKENS = 400;
    private static final int EXAMPLES_SHOWN = 3;

    void stories(EvaluatedModel evaluated, PrintWriter out) throws InterruptedException {
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

    void questions(EvaluatedModel evaluated, PrintWriter out) throws InterruptedException {
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
