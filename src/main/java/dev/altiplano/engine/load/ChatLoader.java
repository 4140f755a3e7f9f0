package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.ChatTemplates;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chat template of a model: the one that the settings name, those in its files, or one that fits its control tokens. */
final class ChatLoader {

    private static final System.Logger LOG = System.getLogger(ChatLoader.class.getName());
    private static final String SETTING = "altiplano.model.chat-template";

    private ChatLoader() {}

    /** The template, or null for a base model. */
    static @Nullable ChatTemplate load(@Nullable String setting, TokenizerData data, Tokenizer tokenizer) {
        Map<String, String> special = CheckpointTokenizer.specialTokens(data, tokenizer);
        if (setting != null) {
            return configured(setting, special);
        }
        ChatTemplate usual = usual(data, tokenizer, special);
        ChatTemplateSource toolUse = named(ChatTemplateSource.TOOL_USE, data);
        if (usual == null || toolUse == null) {
            return usual;
        }
        try {
            return usual.withToolUse(ChatTemplate.compile(toolUse.text(), special));
        } catch (TemplateException e) {
            LOG.log(
                    Level.WARNING,
                    "the model''s own chat template for tools cannot be used, so tools are written by its other one: {0}. Set {1}"
                            + " to another one",
                    e.getMessage(),
                    SETTING);
            return usual;
        }
    }

    private static @Nullable ChatTemplate usual(TokenizerData data, Tokenizer tokenizer, Map<String, String> special) {
        ChatTemplateSource own = named(ChatTemplateSource.DEFAULT, data);
        if (own == null) {
            return CheckpointTokenizer.fitting(data, tokenizer)
                    .map(template -> template.compile(special))
                    .orElse(null);
        }
        try {
            return ChatTemplate.compile(own.text(), special);
        } catch (TemplateException e) {
            LOG.log(
                    Level.WARNING,
                    "the model''s own chat template cannot be used, so it does not chat: {0}. Set {1} to another one",
                    e.getMessage(),
                    SETTING);
            return null;
        }
    }

    private static @Nullable ChatTemplateSource named(String name, TokenizerData data) {
        return data.chatTemplates().stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static ChatTemplate configured(String setting, Map<String, String> special) {
        try {
            for (ChatTemplates template : ChatTemplates.values()) {
                if (template.text().equals(setting)) {
                    return template.compile(special);
                }
            }
            return ChatTemplate.compile(Files.readString(Path.of(setting)), special);
        } catch (TemplateException e) {
            throw new ModelException(SETTING + " = " + setting + ": " + e.getMessage(), e);
        } catch (IOException | InvalidPathException e) {
            throw new ModelException(
                    SETTING + " = " + setting + " is neither a file that can be read nor one of the templates "
                            + String.join(", ", names()),
                    e);
        }
    }

    private static String[] names() {
        ChatTemplates[] all = ChatTemplates.values();
        String[] names = new String[all.length];
        for (int i = 0; i < all.length; i++) {
            names[i] = all[i].text();
        }
        return names;
    }
}
