package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.verify.CheckedFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the files of a Hugging Face folder that describe its tokenizer: vocabulary, added tokens, ends, chat templates. */
final class HuggingFaceTokenizerFiles {

    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    /** Mistral's form of the same, which some of its folders have instead. */
    private static final String TEKKEN = "tekken.json";

    /** A vocabulary of 256 Ki tokens with its merges, written with blanks and line ends. */
    private static final long MAX_TOKENIZER_BYTES = 64 << 20;

    private static final long MAX_OTHER_BYTES = 16 << 20;

    private final Path folder;

    private HuggingFaceTokenizerFiles(Path folder) {
        this.folder = folder;
    }

    static TokenizerData.HuggingFace read(Path folder, JsonObject config, int embeddings, List<CheckedFile> checked) {
        return new HuggingFaceTokenizerFiles(folder).read(config, embeddings, checked);
    }

    private TokenizerData.HuggingFace read(JsonObject config, int embeddings, List<CheckedFile> checked) {
        Path model = folder.resolve("tokenizer.model");
        boolean hasModel = Files.isRegularFile(model);
        String name = Files.isRegularFile(folder.resolve(TOKENIZER)) ? TOKENIZER : TEKKEN;
        Path json = folder.resolve(name);
        boolean hasJson = Files.isRegularFile(json);
        if (hasModel) {
            checked.add(CheckedFiles.tokenizer(model));
        } else if (!hasJson) {
            throw new CheckpointException(folder, "has neither tokenizer.model nor tokenizer.json");
        }
        Map<String, Map<String, Object>> documents = new LinkedHashMap<>();
        documents.put(HuggingFaceReader.CONFIG, config.toMap());
        List<ChatTemplateSource> templates = new ArrayList<>();
        if (hasJson) {
            checked.add(CheckedFiles.unchecked(json));
            documents.put(name, JsonReader.readFile(json, MAX_TOKENIZER_BYTES).toMap());
        }
        for (String other :
                List.of("generation_config.json", "special_tokens_map.json", "added_tokens.json", TOKENIZER_CONFIG)) {
            Path file = folder.resolve(other);
            if (Files.isRegularFile(file)) {
                JsonObject document = JsonReader.readFile(file, MAX_OTHER_BYTES);
                documents.put(other, document.toMap());
                if (other.equals(TOKENIZER_CONFIG)) {
                    addTemplates(document, templates);
                }
            }
        }
        addTemplateFiles(templates);
        return new TokenizerData.HuggingFace(
                folder, hasModel ? model : null, documents, embeddings, List.copyOf(templates));
    }

    /** Templates in files of their own stand for those of {@code tokenizer_config.json}. */
    private void addTemplateFiles(List<ChatTemplateSource> templates) {
        Path json = folder.resolve("chat_template.json");
        if (Files.isRegularFile(json)) {
            addTemplates(JsonReader.readFile(json, MAX_OTHER_BYTES), templates);
        }
        ChatTemplateSource.inFolder(folder).forEach(template -> put(template, templates));
    }

    private static void addTemplates(JsonObject document, List<ChatTemplateSource> templates) {
        if (!document.has("chat_template")) {
            return;
        }
        Object value = document.value("chat_template");
        if (value instanceof String text) {
            put(new ChatTemplateSource(ChatTemplateSource.DEFAULT, text), templates);
        } else if (value instanceof List<?> variants) {
            for (Object variant : variants) {
                if (!(variant instanceof JsonObject named)) {
                    throw new CheckpointException(
                            document.file(),
                            "chat_template holds " + JsonObject.describe(variant)
                                    + ", expected objects with a name and a template");
                }
                put(new ChatTemplateSource(named.text("name"), named.text("template")), templates);
            }
        } else {
            throw new CheckpointException(
                    document.file(),
                    "chat_template is " + describe(value) + ", expected a string or a list of named templates");
        }
    }

    private static String describe(@Nullable Object value) {
        return value == null ? "missing" : JsonObject.describe(value);
    }

    private static void put(ChatTemplateSource template, List<ChatTemplateSource> templates) {
        templates.removeIf(known -> known.name().equals(template.name()));
        if (template.name().equals(ChatTemplateSource.DEFAULT)) {
            templates.addFirst(template);
        } else {
            templates.add(template);
        }
    }
}
