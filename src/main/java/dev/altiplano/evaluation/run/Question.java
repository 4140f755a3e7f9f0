package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelRequest;
import org.jspecify.annotations.Nullable;

/** A request on its way to its answer. Filled by one thread, read by another after all threads have ended. */
final class Question {

    private final ModelRequest request;
    private @Nullable ModelAnswer answer;
    private long nanos;

    Question(ModelRequest request) {
        this.request = request;
    }

    ModelRequest request() {
        return request;
    }

    void answer(ModelAnswer given, long afterNanos) {
        answer = given;
        nanos = afterNanos;
    }

    /** How long the answer took. */
    long nanos() {
        return nanos;
    }

    ModelAnswer answer() {
        if (answer == null) {
            throw new IllegalStateException("a request has no answer");
        }
        return answer;
    }

    /** Requests of the same context follow each other, so that the later ones find it in the prefix cache. */
    String context() {
        return switch (request) {
            case ModelRequest.Continuation continuation -> continuation.context();
            case ModelRequest.WholeText text -> text.text();
            case ModelRequest.Generation generation -> generation.context();
        };
    }
}
