package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.TokenizerException;

/** What a token is for, with SentencePiece's numbers, which GGUF uses too. */
public enum PieceKind {
    /** Made by merging; the only kind that ordinary text becomes. */
    NORMAL(1),
    /** Stands for what the vocabulary cannot write. */
    UNKNOWN(2),
    /** Marks structure, such as the beginning of a sequence: has no text and is never read from text. */
    CONTROL(3),
    /** Cut out of the text before anything is merged. */
    USER_DEFINED(4),
    /** Has text, but is never made. */
    UNUSED(5),
    /** One byte of a character that no piece writes. */
    BYTE(6);

    private static final PieceKind[] BY_NUMBER = new PieceKind[7];

    static {
        for (PieceKind kind : values()) {
            BY_NUMBER[kind.number] = kind;
        }
    }

    private final int number;

    PieceKind(int number) {
        this.number = number;
    }

    /** Whether encoding makes such tokens from the text that they show. */
    public boolean isText() {
        return this == NORMAL || this == USER_DEFINED;
    }

    public int number() {
        return number;
    }

    public static boolean isKnown(long number) {
        return number >= 1 && number < BY_NUMBER.length;
    }

    /** The kind of this number. Throws {@link TokenizerException} naming {@code id} where there is none. */
    public static PieceKind of(int number, int id) {
        if (!isKnown(number)) {
            throw new TokenizerException("token " + id + " has kind " + number + ", known are 1 to 6");
        }
        return BY_NUMBER[number];
    }
}
