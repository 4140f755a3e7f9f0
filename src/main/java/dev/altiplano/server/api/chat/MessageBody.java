package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.OpenEntry;
import dev.altiplano.server.api.json.Unsupported;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message as clients write it. Assistants' messages come back from clients as they got them, with all their fields.
 *
 * @param type text, as an evaluation harness writes
 * @param refusal accepted, not used
 * @param annotations accepted, not used
 * @param reasoning another name of {@code reasoningContent}
 * @param reasoningDetails accepted, not used, as is what else gateways add to messages
 * @param parsed what OpenAI's clients made of the content; accepted, not used
 */
record MessageBody(
        @Nullable String role,
        @Nullable String type,
        @Nullable ContentField content,
        @Nullable String name,
        @Nullable List<@Nullable CallBody> toolCalls,
        @Nullable String toolCallId,
        @Nullable String reasoningContent,
        @Nullable String reasoning,
        @Nullable String refusal,
        @Nullable JsonValue annotations,
        @Nullable JsonValue reasoningDetails,
        @Nullable JsonValue thinkingBlocks,
        @Nullable JsonValue providerSpecificFields,
        @Nullable JsonValue cacheControl,
        @Nullable JsonValue extraContent,
        @Nullable JsonValue parsed,
        @Nullable Unsupported prefix,
        @Nullable Unsupported audio,
        @Nullable Unsupported functionCall)
        implements OpenEntry {

    /**
     * A call that the assistant made.
     *
     * @param index where the call stood in a stream; not used
     * @param providerSpecificFields accepted, not used
     * @param extraContent accepted, not used
     */
    record CallBody(
            @Nullable String id,
            @Nullable String type,
            @Nullable FunctionBody function,
            @Nullable Long index,
            @Nullable JsonValue providerSpecificFields,
            @Nullable JsonValue extraContent) {}

    /**
     * The function of a call.
     *
     * @param arguments JSON text
     * @param parsedArguments what OpenAI's clients made of them; accepted, not used
     */
    record FunctionBody(
            @Nullable String name,
            @Nullable String arguments,
            @Nullable JsonValue parsedArguments) {}
}
