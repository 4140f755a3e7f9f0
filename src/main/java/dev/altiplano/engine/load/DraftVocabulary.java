package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.tokenizer.Tokenizer;

/**
 * The vocabulary of a draft model, which has to be the model's: what one calls token 17 the other must not read as another. What
 * begins and ends a text only the model says.
 */
final class DraftVocabulary {

    private DraftVocabulary() {}

    /** Throws {@link ModelException} naming the first difference. */
    static void requireSame(Tokenizer model, Tokenizer draft) {
        require("the number of tokens", model.vocabularySize(), draft.vocabularySize());
        for (int id = 0; id < model.vocabularySize(); id++) {
            require("token " + id, spelling(model, id), spelling(draft, id));
        }
    }

    private static String spelling(Tokenizer tokenizer, int id) {
        return tokenizer.hasToken(id) ? '"' + tokenizer.piece(id) + '"' : "none";
    }

    private static void require(String what, Object model, Object draft) {
        if (!model.equals(draft)) {
            throw new ModelException("the draft model has another vocabulary: " + what + " is " + draft
                    + ", the model's is " + model
                    + ". Set altiplano.engine.draft-model.path to a model that was made with the same tokenizer");
        }
    }
}
