package dev.altiplano.engine.tokenizer.regex;

/** A regular expression that cannot be compiled. The message says what is wrong and at which character. */
public final class RegexException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RegexException(String problem) {
        super(problem);
    }
}
