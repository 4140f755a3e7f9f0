package dev.altiplano.engine.chat;

import java.time.LocalDateTime;
import java.util.ArrayList;
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

    /** Where a conversation can begin: behind what the system says first, and at each later message of the user. */
    public List<Integer> turns() {
        int head = head();
        List<Integer> turns = new ArrayList<>();
        for (int i = head; i < messages.size(); i++) {
            if (i == head || messages.get(i).role() == Role.USER) {
                turns.add(i);
            }
        }
        return turns;
    }

    /** The same conversation with nothing between what the system says first and the message at {@code turn}. */
    public ChatRequest from(int turn) {
        List<Message> kept = new ArrayList<>(messages.subList(0, Math.min(head(), turn)));
        kept.addAll(messages.subList(turn, messages.size()));
        return new ChatRequest(
                kept, tools, documents, templateVariables, addsGenerationPrompt, continuesFinalMessage, now);
    }

    private int head() {
        int head = 0;
        while (head < messages.size()
                && (messages.get(head).role() == Role.SYSTEM
                        || messages.get(head).role() == Role.DEVELOPER)) {
            head++;
        }
        return head;
    }

    /** Messages to be answered, and nothing else. */
    public static ChatRequest of(List<Message> messages, LocalDateTime now) {
        return new ChatRequest(messages, List.of(), List.of(), Map.of(), true, false, now);
    }
}
