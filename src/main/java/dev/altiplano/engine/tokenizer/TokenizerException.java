package dev.altiplano.engine.tokenizer;

/**
 * A vocabulary that cannot be used. The message says what is wrong and where: the byte offset in the file, or the id of
 * the token; {@code meta.Tokenizers} puts the file's name in front.
 */
public final class TokenizerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TokenizerException(String problem) {
        super(problem);
    }

    public TokenizerException(String problem, Throwable cause) {
        super(problem, cause);
    }

    public static TokenizerException at(long offset, String problem) {
        return new TokenizerException("at byte " + offset + ": " + problem);
    }
}
