package dev.altiplano.server.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the chunks of one streamed answer come to, put together as OpenAI's clients do it.
 *
 * @param fragments how many chunks brought arguments
 */
record StreamedCall(String content, List<Call> calls, String finishReason, int fragments) {

    record Call(String id, String name, String arguments) {}

    static StreamedCall of(List<JsonNode> chunks) {
        return ofChoice(chunks.stream().map(chunk -> chunk.at("/choices/0")).toList());
    }

    /** The same of the parts of one choice, each out of its chunk. */
    static StreamedCall ofChoice(List<JsonNode> parts) {
        StringBuilder content = new StringBuilder();
        List<Call> calls = new ArrayList<>();
        String finishReason = "";
        int fragments = 0;
        for (JsonNode choice : parts) {
            finishReason = choice.at("/finish_reason").asString("");
            content.append(choice.at("/delta/content").asString(""));
            for (JsonNode delta : choice.at("/delta/tool_calls")) {
                int index = delta.get("index").asInt();
                String arguments = delta.at("/function/arguments").asString("");
                if (index == calls.size()) {
                    assertThat(delta.get("type").asString()).isEqualTo("function");
                    assertThat(arguments)
                            .as("a call begins with id and name alone")
                            .isEmpty();
                    calls.add(new Call(
                            delta.get("id").asString(),
                            delta.at("/function/name").asString(),
                            ""));
                } else {
                    assertThat(delta.has("id")).isFalse();
                    Call call = calls.get(index);
                    calls.set(index, new Call(call.id(), call.name(), call.arguments() + arguments));
                    fragments++;
                }
            }
        }
        return new StreamedCall(content.toString(), calls, finishReason, fragments);
    }
}
