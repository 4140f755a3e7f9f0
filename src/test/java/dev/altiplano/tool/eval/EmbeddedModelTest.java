package dev.altiplano.tool.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.training.corpus.Document;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.run.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the embedded models learned, on some documents that they have not seen; {@code eval} measures it on many. */
class EmbeddedModelTest {

    private static final Path MODELS = Path.of("src/main/resources/model");
    private static final int COUNT = 20;

    @Test
    void itsStoriesAreOfTheGrammar() throws InterruptedException {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String story = Grammar.document(DocumentKind.STORIES, 5000, i).text();
            prompts.add(story.substring(0, story.indexOf(". ") + 1));
        }
        List<String> completions;
        try (EvaluatedModel model = new EvaluatedModel(MODELS.resolve("demo"))) {
            completions = model.complete(prompts, 0, 400);
        }
        int accepted = 0;
        for (int i = 0; i < COUNT; i++) {
            String story = (prompts.get(i) + completions.get(i)).split("\n\nQuestion: ")[0];
            accepted += Grammar.problem(DocumentKind.STORIES, story).isEmpty() ? 1 : 0;
        }
        assertThat(accepted).as("stories of " + COUNT).isGreaterThanOrEqualTo(COUNT * 9 / 10);
    }

    @Test
    void theTunedOneAnswersQuestionsAboutAStory() throws InterruptedException {
        List<Document> questions = Stream.iterate(0, i -> i + 1)
                .map(i -> Grammar.document(DocumentKind.INSTRUCTIONS, 5000, i))
                .filter(document -> document.prompt().contains("\n\n"))
                .limit(COUNT)
                .toList();
        List<String> answers;
        try (EvaluatedModel model = new EvaluatedModel(MODELS.resolve("demo-instruct"))) {
            answers = model.complete(
                    questions.stream()
                            .map(question -> Example.prompt(question.prompt()))
                            .toList(),
                    0,
                    40);
        }
        int right = 0;
        for (int i = 0; i < COUNT; i++) {
            right += answers.get(i).strip().equals(questions.get(i).answer()) ? 1 : 0;
        }
        assertThat(right).as("answers of " + COUNT).isGreaterThanOrEqualTo(COUNT * 7 / 10);
    }

    @Test
    void bothTogetherAreSmall() throws IOException {
        try (Stream<Path> files = Files.walk(MODELS)) {
            long bytes = files.mapToLong(
                            file -> Files.isRegularFile(file) ? file.toFile().length() : 0)
                    .sum();
            assertThat(bytes).isLessThan(12_000_000);
        }
    }
}
