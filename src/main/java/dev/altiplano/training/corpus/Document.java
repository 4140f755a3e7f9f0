package dev.altiplano.training.corpus;

/**
 * A text that the grammar wrote.
 *
 * @param kind what it is
 * @param text all of it
 * @param answerFrom where the answer begins in an instruction, -1 elsewhere
 */
public record Document(DocumentKind kind, String text, int answerFrom) {

    /** What is asked; only of an instruction. */
    public String prompt() {
        return text.substring(0, answerFrom);
    }

    /** What is answered; only of an instruction. */
    public String answer() {
        return text.substring(answerFrom);
    }
}
