package dev.altiplano.tool.train;

import dev.altiplano.training.corpus.Conversation;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes conversations as OpenAI's clients send them. */
final class ConversationJson {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CALL_ID = "call_1";

    private ConversationJson() {}

    static ObjectNode of(Conversation conversation) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode messages = json.putArray("messages");
        for (Conversation.Turn turn : conversation.turns()) {
            message(messages.addObject(), turn);
        }
        if (!conversation.tools().isEmpty()) {
            ArrayNode tools = json.putArray("tools");
            for (Conversation.Tool tool : conversation.tools()) {
                ObjectNode function = tools.addObject()
                        .put("type", "function")
                        .putObject("function")
                        .put("name", tool.name());
                ObjectNode properties =
                        function.putObject("parameters").put("type", "object").putObject("properties");
                tool.parameters().forEach(properties::putObject);
            }
        }
        return json;
    }

    private static void message(ObjectNode json, Conversation.Turn turn) {
        switch (turn) {
            case Conversation.System(String text) -> json.put("role", "system").put("content", text);
            case Conversation.User(String text) -> json.put("role", "user").put("content", text);
            case Conversation.Assistant(String text) ->
                json.put("role", "assistant").put("content", text);
            case Conversation.Call(String name, String arguments) ->
                json.put("role", "assistant")
                        .putNull("content")
                        .putArray("tool_calls")
                        .addObject()
                        .put("id", CALL_ID)
                        .put("type", "function")
                        .putObject("function")
                        .put("name", name)
                        .put("arguments", arguments);
            case Conversation.Result(String text) ->
                json.put("role", "tool").put("tool_call_id", CALL_ID).put("content", text);
        }
    }
}
