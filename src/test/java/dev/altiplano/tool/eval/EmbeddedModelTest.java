package dev.altiplano.tool.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.training.corpus.Conversation;
import dev.altiplano.training.corpus.Conversations;
import dev.altiplano.training.corpus.Document;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.run.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        try (EvaluatedModel model = new EvaluatedModel(MODELS.resolve("demo"), "auto")) {
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
        try (EvaluatedModel model = new EvaluatedModel(MODELS.resolve("demo-instruct"), "auto")) {
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

    /** Calls of tools and JSON, as the model writes them without a mask. */
    @Test
    void theTunedOneCallsToolsAndWritesJson() throws Exception {
        ChatTemplate template = ChatTemplate.compile(
                Files.readString(MODELS.resolve("demo-instruct/chat_template.jinja")),
                Map.of("bos_token", "", "eos_token", "</s>"));
        List<String> prompts = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; prompts.size() < 2 * COUNT; i++) {
            Conversation conversation = Conversations.conversation(5000, i);
            if (!(conversation.turns().getFirst() instanceof Conversation.User(String asked))) {
                continue;
            }
            String answer = answer(conversation.turns().get(1));
            if (answer.startsWith("{")) {
                prompts.add(template.render(new ChatRequest(
                                List.of(Message.of(Role.USER, asked)),
                                conversation.tools().stream()
                                        .map(EmbeddedModelTest::tool)
                                        .toList(),
                                List.of(),
                                Map.of(),
                                true,
                                false,
                                LocalDateTime.of(2026, 1, 1, 12, 0)))
                        .text());
                expected.add(answer);
            }
        }
        List<String> answers;
        try (EvaluatedModel model = new EvaluatedModel(MODELS.resolve("demo-instruct"), "auto")) {
            answers = model.complete(prompts, 0, 60);
        }
        int right = 0;
        for (int i = 0; i < prompts.size(); i++) {
            right += answers.get(i).strip().equals(expected.get(i)) ? 1 : 0;
        }
        assertThat(right).as("answers of " + prompts.size()).isGreaterThanOrEqualTo(COUNT);
    }

    private static String answer(Conversation.Turn turn) {
        return switch (turn) {
            case Conversation.Call(String name, String arguments) ->
                "{\"name\": \"" + name + "\", \"parameters\": " + arguments + "}";
            case Conversation.Assistant(String text) -> text;
            default -> "";
        };
    }

    private static Map<String, Object> tool(Conversation.Tool tool) {
        Map<String, Object> properties = new LinkedHashMap<>();
        tool.parameters().forEach(name -> properties.put(name, Map.of()));
        return Map.of("function", Map.of("name", tool.name(), "parameters", Map.of("properties", properties)));
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
