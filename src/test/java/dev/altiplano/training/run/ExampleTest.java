package dev.altiplano.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.vocabulary.PieceTrainer;
import dev.altiplano.training.vocabulary.TokenizerModel;
import dev.altiplano.training.vocabulary.WordCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleTest {

    @TempDir
    private Path folder;

    private final Tokenizer tokenizer = tokenizer();

    static Tokenizer tokenizer() {
        WordCounts counts = new WordCounts();
        for (int i = 0; i < 100; i++) {
            counts.add(Grammar.document(DocumentKind.STORIES, 1, i).text());
        }
        return Tokenizers.parse(TokenizerModel.write(PieceTrainer.train(counts, 61)));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("examples.jsonl"), content);
    }

    @Test
    void theResponseAloneIsLearned() throws IOException {
        Example example = Example.read(
                        file("\n{\"instruction\": \"Who?\", \"input\": \"A story.\", \"output\": \"Tom.\"}\n"),
                        tokenizer,
                        100,
                        null)
                .getFirst();
        int[] tokens = example.tokens();
        assertThat(tokens[0]).isEqualTo(tokenizer.bos());
        assertThat(tokens[tokens.length - 1]).isEqualTo(tokenizer.eos());
        assertThat(tokenizer.decode(Arrays.copyOfRange(tokens, 1, example.learnFrom())))
                .isEqualTo("[INST] Who?\n\nA story. [/INST]");
        assertThat(tokenizer.decode(Arrays.copyOfRange(tokens, example.learnFrom(), tokens.length - 1)))
                .isEqualTo("Tom.");
    }

    @Test
    void eachMessageOfTheAssistantIsAnExample() throws IOException {
        ChatTemplate template = template();
        Path file = file("""
                {"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",\
                "function":{"name":"find","arguments":"{\\"name\\": \\"Tom\\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"here"},\
                {"role":"assistant","content":"Tom."}],"tools":[{"type":"function","function":{"name":"find","parameters":{"type":"object",\
                "properties":{"name":{}}}}}]}
                """);
        List<Example> examples = Example.read(file, tokenizer, 400, template);
        assertThat(examples).hasSize(2);
        assertThat(learned(examples.get(0))).isEqualTo("{\"name\": \"find\", \"parameters\": {\"name\": \"Tom\"}}");
        assertThat(learned(examples.get(1))).isEqualTo("Tom.");
        int[] tokens = examples.get(1).tokens();
        assertThat(tokens[0]).isEqualTo(tokenizer.bos());
        assertThat(tokens[tokens.length - 1]).isEqualTo(tokenizer.eos());
        assertThat(tokenizer.decode(
                        Arrays.copyOfRange(tokens, 0, examples.get(1).learnFrom())))
                .startsWith("[INST] Tools: find(name). [/INST]\n[INST] Who? [/INST] {")
                .endsWith("[INST] Result: here [/INST]");
        assertThatThrownBy(() -> Example.read(file, tokenizer, 400, null)).hasMessageContaining("--template");
    }

    /** As clients of the service may write it: parts of text, and arguments that are no text. */
    @Test
    void conversationsAreReadAsTheServiceReadsThem() throws IOException {
        Path file = file("""
                {"messages":[{"role":"user","content":[{"type":"text","text":"Who"},{"type":"text","text":"is it?"}]},\
                {"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"find","arguments":{"name": "Tom"}}}]},\
                {"role":"tool","tool_call_id":"c1","content":"here"},{"role":"assistant","content":[{"type":"text","text":"Tom."}]}]}
                """);
        List<Example> examples = Example.read(file, tokenizer, 400, template());
        assertThat(learned(examples.get(0))).isEqualTo("{\"name\": \"find\", \"parameters\": {\"name\": \"Tom\"}}");
        assertThat(learned(examples.get(1))).isEqualTo("Tom.");
        assertThat(tokenizer.decode(examples.get(0).tokens())).contains("Who\nis it?");
    }

    @Test
    void aMessageOfWeightZeroIsContextAlone() throws IOException {
        Path file = file("""
                {"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":"Ann.","weight":0},\
                {"role":"user","content":"No."},{"role":"assistant","content":"Tom.","weight":1}]}
                """);
        List<Example> examples = Example.read(file, tokenizer, 400, template());
        assertThat(examples).hasSize(1);
        assertThat(learned(examples.getFirst())).isEqualTo("Tom.");
        assertThat(tokenizer.decode(examples.getFirst().tokens())).contains("Ann.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "null; messages has no message of the assistant",
                "[]; messages has no message of the assistant",
                "{}; messages is no list",
                "[1]; messages[0] has the role ''",
                "[USER]; messages has no message of the assistant",
                "[USER, {\"role\": \"assistant\", \"content\": \"a\", \"weight\": 0}]; messages has no message of the assistant",
                "[USER, {\"role\": \"assistant\", \"content\": \"a\", \"weight\": 0.5}]; messages[1].weight must be 0 or 1",
                "[USER, {\"role\": \"assistant\"}]; messages[1] has no content",
                "[USER, {\"role\": \"assistant\", \"content\": 5}]; messages[1].content is no text",
                "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]; messages[0].content[0] is no part of text",
                "[{\"role\": \"user\"}]; messages[0] has no content",
                "[USER, {\"role\": \"assistant\", \"tool_calls\": [{\"id\": \"c\"}]}]; messages[1].tool_calls[0] needs a function",
                "[USER, {\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": 1}}]}]; arguments is no text",
            })
    void whatCannotBeLearnedIsRefusedByItsPlace(String messages, String why) throws IOException {
        String good = "{\"instruction\": \"a\", \"response\": \"b\"}\n";
        String user = "{\"role\": \"user\", \"content\": \"a\"}";
        Path file = file(good + "{\"messages\": " + messages.replace("USER", user) + "}\n");
        assertThatThrownBy(() -> Example.read(file, tokenizer, 400, template()))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(file + ", line 2: ")
                .hasMessageContaining(why);
    }

    @Test
    void aTemplateThatRefusesMessagesNamesTheLine() throws IOException {
        Path file = file("{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}\n");
        ChatTemplate refuses = ChatTemplate.compile("{{ raise_exception('roles must alternate') }}", Map.of());
        assertThatThrownBy(() -> Example.read(file, tokenizer, 400, refuses))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(file + ", line 1: the chat template refuses the messages: ")
                .hasMessageContaining("roles must alternate");
    }

    private static ChatTemplate template() throws IOException {
        return ChatTemplate.compile(
                Files.readString(Path.of("src/main/resources/training/chat_template.jinja")),
                Map.of("bos_token", "<s>", "eos_token", "</s>"));
    }

    private String learned(Example example) {
        int[] tokens = example.tokens();
        return tokenizer
                .decode(Arrays.copyOfRange(tokens, example.learnFrom(), tokens.length - 1))
                .strip();
    }

    @Test
    void aBrokenLineIsNamed() {
        String good = "{\"instruction\": \"a\", \"response\": \"b\"}\n";
        assertThatThrownBy(() -> Example.read(file(good + "{\"instruction\": \"a\""), tokenizer, 100, null))
                .hasMessageContaining("line 2: no JSON");
        assertThatThrownBy(() -> Example.read(file(good + good + "{\"instruction\": \"a\"}"), tokenizer, 100, null))
                .hasMessageContaining("line 3: needs a text \"response\"");
        assertThatThrownBy(() -> Example.read(file("[1]"), tokenizer, 100, null))
                .hasMessageContaining("not a JSON object");
        assertThatThrownBy(() -> Example.read(file(good), tokenizer, 8, null)).hasMessageContaining("the context is 8");
        assertThatThrownBy(() -> Example.read(file(""), tokenizer, 8, null)).hasMessageContaining("has no examples");
    }
}
