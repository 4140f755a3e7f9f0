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

    /**
     * The ids of a conversation.
     *
     * @param maxTokens where there are more, the oldest turns are left out; 0 keeps all
     */
    int[] encode(ChatRequest conversation, int maxTokens) {
        List<Integer> cuts = maxTokens > 0 ? conversation.turns() : List.of();
        if (cuts.size() <= 1) {
            return encode(conversation);
        }
        // The more is left out, the shorter it is: the first that fits is found by halves.
        int from = 0;
        int to = cuts.size() - 1;
        int[] found = null;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int[] ids = encodeUpTo(conversation.from(cuts.get(middle)), maxTokens);
            if (ids == null) {
                from = middle + 1;
            } else {
                found = ids;
                to = middle;
            }
        }
        return found != null ? found : encode(conversation.from(cuts.get(to)));
    }

    private int @Nullable [] encodeUpTo(ChatRequest conversation, int maxTokens) {
        List<TextPart> parts = write(conversation);
        if (!length.allows(characters(parts), maxTokens)) {
            return null;
        }
        int[] ids = tokenizer.encode(parts);
        return ids.length > maxTokens ? null : ids;
    }

    private int[] encode(ChatRequest conversation) {
        List<TextPart> parts = write(conversation);
        length.require("messages", characters(parts));
        return tokenizer.encode(parts);
    }

    private static long characters(List<TextPart> parts) {
        return parts.stream().mapToLong(part -> part.text().length()).sum();
    }

    private List<TextPart> write(ChatRequest conversation) {
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
        for (Rendered.Segment segment : rendered.segments()) {
            parts.add(new TextPart(segment.text(), segment.trusted()));
        }
        return parts;
    }
}
