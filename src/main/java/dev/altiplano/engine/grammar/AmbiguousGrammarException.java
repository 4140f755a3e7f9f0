package dev.altiplano.engine.grammar;

/** Tells that a text can be read in so many ways that to follow them all would hold up other requests. */
public final class AmbiguousGrammarException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    AmbiguousGrammarException() {
        super("the grammar is too ambiguous: there are too many ways to read the text so far; use fewer alternatives"
                + " that can begin alike, and fewer parts in a row that may be empty");
    }
}
