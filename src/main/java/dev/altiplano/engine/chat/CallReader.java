package dev.altiplano.engine.chat;

import dev.altiplano.engine.json.JsonException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a call out of a complete JSON object, in the shapes that models write it. */
final class CallReader {

    /** A call without id; {@code arguments} is JSON text of an object. */
    record Call(String name, String arguments) {}

    private CallReader() {}

    /** The call that the object is, or null where it is something else. */
    static @Nullable Call read(String object) {
        try {
            return call(PlainJson.members(object));
        } catch (JsonException e) {
            return null;
        }
    }

    private static @Nullable Call call(Map<String, String> members) throws JsonException {
        String function = members.get("function");
        if (function != null && function.startsWith("{")) {
            return call(PlainJson.members(function));
        }
        String name = members.containsKey("name") ? members.get("name") : function;
        if (name == null || !(PlainJson.parse(name) instanceof String named) || named.isEmpty()) {
            return null;
        }
        String arguments = members.containsKey("arguments") ? members.get("arguments") : members.get("parameters");
        if (arguments != null && PlainJson.parse(arguments) instanceof String written) {
            arguments = written;
        }
        if (arguments == null || arguments.equals("null")) {
            return new Call(named, "{}");
        }
        return PlainJson.isObject(arguments) ? new Call(named, arguments) : null;
    }
}
