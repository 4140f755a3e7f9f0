package dev.altiplano.training.corpus;

import java.util.List;

/**
 * A conversation with an assistant, for fine-tuning.
 *
 * @param tools what the assistant may call
 * @param turns what was said, in order; the last one is the assistant's
 */
public record Conversation(List<Tool> tools, List<Turn> turns) {

    public Conversation {
        tools = List.copyOf(tools);
        turns = List.copyOf(turns);
    }

    /** A function by its name and the names of its parameters. */
    public record Tool(String name, List<String> parameters) {
        public Tool {
            parameters = List.copyOf(parameters);
        }
    }

    /** What one side says. */
    public sealed interface Turn {}

    /** Instructions that hold for the whole conversation. */
    public record System(String text) implements Turn {}

    /** The user's words. */
    public record User(String text) implements Turn {}

    /** The assistant's words. */
    public record Assistant(String text) implements Turn {}

    /** A call of a tool by the assistant; {@code arguments} is the JSON text of an object. */
    public record Call(String name, String arguments) implements Turn {}

    /** What the tool gave back. */
    public record Result(String text) implements Turn {}
}
