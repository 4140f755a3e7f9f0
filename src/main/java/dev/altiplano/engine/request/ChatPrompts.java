package dev.altiplano.engine.request;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.tokenizer.TextPart;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes conversations out as tokens: what the template says may be control tokens, what a request brings never is. Thread-safe. */
final class ChatPrompts {

    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;
    private final TextLength length;

    /** @param template null for a base model, which does not chat */
    ChatPrompts(Tokenizer tokenizer, @Nullable ChatTemplate template, TextLength length) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.length = length;
    }

    int[] encode(ChatRequest conversation) {
        if (template == null) {
            throw new InvalidRequestException(
                    "messages",
                    "no_chat_template",
                    "this model has no chat template: it was not made for conversations. Ask /v1/completions, or set"
                            + " altiplano.model.chat-template");
        }
        Rendered rendered;
        try {
            rendered = template.render(conversation);
        } catch (TemplateException e) {
            throw new InvalidRequestException(
                    "messages",
                    "template_error",
                    e.isRaised() ? e.reason() : "the chat template cannot write these messages: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("messages", "template_error", String.valueOf(e.getMessage()));
        }
        List<TextPart> parts = new ArrayList<>();
        long characters = 0;
        for (Rendered.Segment segment : rendered.segments()) {
            parts.add(new TextPart(segment.text(), segment.trusted()));
            characters += segment.text().length();
        }
        length.require("messages", characters);
        return tokenizer.encode(parts);
    }
}
