package dev.altiplano.engine.grammar.schema;

/** The white space between the parts of a JSON text. Always bounded, so that no text can go on without content. */
public enum Whitespace {
    /** None. */
    COMPACT,
    /** After an opening bracket, a comma and a colon, and before a closing bracket: nothing, a space, or a line's end and up to 32 spaces. */
    FLEXIBLE
}
