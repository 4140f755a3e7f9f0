package dev.altiplano.training.corpus;

import java.util.Locale;

/** What the grammar writes. */
public enum DocumentKind {
    STORIES,
    QUESTIONS,
    ARITHMETIC,
    LISTS,
    DIALOGUES,
    /** A request and its answer, for fine-tuning. */
    INSTRUCTIONS;

    /** The name in configurations. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    void derive(Derivation derivation) {
        switch (this) {
            case STORIES -> Story.tell(derivation);
            case QUESTIONS -> Questions.ask(derivation);
            case ARITHMETIC -> Arithmetic.calculate(derivation);
            case LISTS -> Lists.list(derivation);
            case DIALOGUES -> Dialogue.talk(derivation);
            case INSTRUCTIONS -> Instructions.instruct(derivation);
        }
    }
}
