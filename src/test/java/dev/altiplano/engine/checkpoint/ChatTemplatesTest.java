package dev.altiplano.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.load.Checkpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chat templates are found wherever the family's folders keep them. */
class ChatTemplatesTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void copyAModel() throws Exception {
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.model")) {
            Files.copy(ReferenceFiles.ROOT.resolve("hf-base").resolve(name), folder.resolve(name));
        }
    }

    private List<ChatTemplateSource> templates() {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            return checkpoint.tokenizer().chatTemplates();
        }
    }

    private void config(String template) throws Exception {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": " + template + "}");
    }

    @Test
    void aFolderMayHaveNone() {
        assertThat(templates()).isEmpty();
    }

    @Test
    void oneOrSeveralStandInTheConfiguration() throws Exception {
        config("\"{{ a }}\"");
        assertThat(templates()).containsExactly(new ChatTemplateSource("default", "{{ a }}"));
        config("[{\"name\": \"tool_use\", \"template\": \"t\"}, {\"name\": \"default\", \"template\": \"d\"}]");
        assertThat(templates())
                .containsExactly(new ChatTemplateSource("default", "d"), new ChatTemplateSource("tool_use", "t"));
    }

    @Test
    void aFileOfItsOwnComesFirst() throws Exception {
        config("[{\"name\": \"default\", \"template\": \"old\"}, {\"name\": \"rag\", \"template\": \"r\"}]");
        Files.writeString(folder.resolve("chat_template.json"), "{\"chat_template\": \"json\"}");
        assertThat(templates().getFirst().text()).isEqualTo("json");
        Files.writeString(folder.resolve("chat_template.jinja"), "jinja\n");
        assertThat(templates())
                .containsExactly(new ChatTemplateSource("default", "jinja\n"), new ChatTemplateSource("rag", "r"));
    }

    @Test
    void theOneForToolsLiesInAFolderOfItsOwn() throws Exception {
        config("[{\"name\": \"default\", \"template\": \"d\"}, {\"name\": \"tool_use\", \"template\": \"old\"}]");
        Path others = Files.createDirectory(folder.resolve("additional_chat_templates"));
        Files.writeString(others.resolve("tool_use.jinja"), "t");
        // Nothing asks for it.
        Files.write(others.resolve("rag.jinja"), new byte[] {(byte) 0xFF});
        assertThat(templates())
                .containsExactly(new ChatTemplateSource("default", "d"), new ChatTemplateSource("tool_use", "t"));
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        config("3");
        assertThatThrownBy(this::templates).hasMessageContaining("chat_template is 3, expected a string or a list");
        config("[3]");
        assertThatThrownBy(this::templates).hasMessageContaining("expected objects with a name and a template");
        config("[{\"name\": \"default\"}]");
        assertThatThrownBy(this::templates).hasMessageContaining("template is missing");
        Files.delete(folder.resolve("tokenizer_config.json"));
        Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThatThrownBy(this::templates).hasMessageContaining("chat_template.jinja: is not text in UTF-8");
    }
}
