package dev.altiplano.engine.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The templates for models that bring none, by name, and which of them fits a model. */
public enum ChatTemplates {
    LLAMA2,
    LLAMA3,
    MISTRAL,
    /** Without the spaces that a byte-level vocabulary has tokens for. */
    MISTRAL_V3_TEKKEN,
    /** The same with a turn of the system's own. */
    MISTRAL_V7_TEKKEN,
    /** The same with calls that begin with the name of their function. */
    MISTRAL_V11_TEKKEN,
    /** The same without ids, and with tools before the first turn of the user instead of the last. */
    MISTRAL_V13_TEKKEN,
    CHATML,
    ALPACA;

    /** The name in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The template of that name. Throws {@link IllegalArgumentException} that tells the names there are. */
    public static ChatTemplates named(String name) {
        for (ChatTemplates template : values()) {
            if (template.text().equals(name)) {
                return template;
            }
        }
        throw new IllegalArgumentException("there is no chat template '" + name + "'; there are "
                + String.join(
                        ", ",
                        List.of(values()).stream().map(ChatTemplates::text).toList()));
    }

    /**
     * The template that fits a model with these control tokens; empty for a base model, whose tokens say of no turns. LLaMA 2's
     * chat models and Alpaca have no control tokens of their own, so these two are found by name alone.
     *
     * @param byteLevel whether its other tokens are of bytes, so that a space is a token of its own
     * @param tekken the version that Mistral's {@code tekken.json} says of itself, or 0
     */
    public static Optional<ChatTemplates> fitting(Collection<String> controlTokens, boolean byteLevel, int tekken) {
        if (controlTokens.contains("<|start_header_id|>") && controlTokens.contains("<|eot_id|>")) {
            return Optional.of(LLAMA3);
        }
        if (controlTokens.contains("<|im_start|>") && controlTokens.contains("<|im_end|>")) {
            return Optional.of(CHATML);
        }
        if (controlTokens.contains("[INST]") && controlTokens.contains("[/INST]")) {
            if (!byteLevel) {
                return Optional.of(MISTRAL);
            }
            if (!controlTokens.contains("[SYSTEM_PROMPT]") || tekken > 0 && tekken < 7) {
                return Optional.of(MISTRAL_V3_TEKKEN);
            }
            return Optional.of(
                    tekken >= 13 ? MISTRAL_V13_TEKKEN : tekken >= 11 ? MISTRAL_V11_TEKKEN : MISTRAL_V7_TEKKEN);
        }
        return Optional.empty();
    }

    /** The text of the template. */
    public String source() {
        String file = text() + ".jinja";
        try (@Nullable InputStream in = ChatTemplates.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + file + " is missing next to " + ChatTemplates.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The compiled template; {@code specialTokens} as in {@link ChatTemplate#compile}. */
    public ChatTemplate compile(Map<String, String> specialTokens) {
        return ChatTemplate.compile(source(), specialTokens);
    }
}
