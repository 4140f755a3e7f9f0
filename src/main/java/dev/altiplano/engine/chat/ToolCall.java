package dev.altiplano.engine.chat;

/**
 * A call of a function by the model.
 *
 * @param id what the result refers to
 * @param name the function
 * @param arguments JSON text; an object, as a rule
 */
public record ToolCall(String id, String name, String arguments) {}
