package dev.altiplano.engine.request;

/** Tells that a model has computed something that is no number, so that nothing it says for this request means anything. */
final class InvalidLogitsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidLogitsException(double found) {
        super("the model computed " + found
                + " where numbers were expected: its weights may be damaged, check them with" + " altiplano verify");
    }

    /** Throws unless {@code logit} is a number below infinity: minus infinity stands for a token that is ruled out. */
    static void unlessNumber(double logit) {
        if (!(logit < Double.POSITIVE_INFINITY)) {
            throw new InvalidLogitsException(logit);
        }
    }
}
