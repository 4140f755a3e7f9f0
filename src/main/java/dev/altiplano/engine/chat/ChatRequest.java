package dev.altiplano.engine.chat;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt is made of.
 *
 * @param tools values of JSON, as the client sent them; empty where none are offered
 * @param documents values of JSON; empty where there are none
 * @param templateVariables more variables for the template, by name ({@code chat_template_kwargs})
 * @param addsGenerationPrompt whether the prompt ends where the assistant's answer begins
 * @param continuesFinalMessage whether the prompt ends inside the last message, which the model goes on with
 * @param now what the template takes for the present
 */
public record ChatRequest(
        List<Message> messages,
        List<? extends @Nullable Object> tools,
        List<? extends @Nullable Object> documents,
        Map<String, ? extends @Nullable Object> templateVariables,
        boolean addsGenerationPrompt,
        boolean continuesFinalMessage,
        LocalDateTime now) {

    public ChatRequest {
        messages = List.copyOf(messages);
        templateVariables = new LinkedHashMap<>(templateVariables);
        if (addsGenerationPrompt && continuesFinalMessage) {
            throw new IllegalArgumentException(
                    "add_generation_prompt and continue_final_message exclude each other: set one of them to false");
        }
        if (continuesFinalMessage && messages.isEmpty()) {
            throw new IllegalArgumentException("continue_final_message needs a message to continue");
        }
    }

    /** Messages to be answered, and nothing else. */
    public static ChatRequest of(List<Message> messages, LocalDateTime now) {
        return new ChatRequest(messages, List.of(), List.of(), Map.of(), true, false, now);
    }
}
