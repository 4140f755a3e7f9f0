package dev.altiplano.engine;

/** Which control tokens of a generated text can be read in it. A token that ends the text never can. */
public enum ControlTokenText {
    /** None: they have no text. */
    NONE,
    /** Those that the model puts around calls of tools, so that calls can be found. */
    TOOL_CALL_MARKS,
    /** All, as they are spelled. */
    ALL
}
