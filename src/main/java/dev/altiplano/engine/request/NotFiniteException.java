package dev.altiplano.engine.request;

/** Tells that a model has computed something that is no finite number, so that nothing it says for this request means anything. */
final class NotFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private NotFiniteException() {
        super(
                "the model computed NaN or infinity where numbers were expected: its weights may be damaged, check them with"
                        + " altiplano verify");
    }

    /**
     * Throws unless {@code value} is a finite number. Minus infinity is none either: a token that is ruled out has it, which is chosen
     * only where no other is a number.
     */
    static void unlessFinite(double value) {
        if (!Double.isFinite(value)) {
            throw new NotFiniteException();
        }
    }
}
