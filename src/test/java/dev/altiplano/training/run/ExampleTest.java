package dev.altiplano.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
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
        ChatTemplate template = ChatTemplate.compile(
                Files.readString(Path.of("src/main/resources/training/chat_template.jinja")),
                Map.of("bos_token", "<s>", "eos_token", "</s>"));
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
