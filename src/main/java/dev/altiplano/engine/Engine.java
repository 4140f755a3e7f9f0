package dev.altiplano.engine;

import java.time.Duration;

/** Loads a model and generates. */
public final class Engine implements AutoCloseable {

    private Engine() {}

    /**
     * Loads a model and starts the engine thread; returns when it has been warmed up.
     *
     * @throws ModelException when the model cannot be used as it is or as configured; nothing stays allocated
     */
    public static Engine open(EngineOptions options, LoadListener listener, EngineObserver observer) {
        throw new ModelException("not yet");
    }

    /** What is served. */
    public ModelCard card() {
        throw new UnsupportedOperationException();
    }

    /** The ids of {@code text}, with the beginning of sequence in front if {@code addSpecialTokens}. Thread-safe. */
    public int[] tokenize(String text, boolean addSpecialTokens) {
        throw new UnsupportedOperationException();
    }

    /** The text of {@code ids}; throws {@link IndexOutOfBoundsException} for an id outside the vocabulary. Thread-safe. */
    public String detokenize(int[] ids) {
        throw new UnsupportedOperationException();
    }

    /**
     * Accepts a request, or refuses it within milliseconds. Thread-safe; tokenizes in the calling thread, after a place in the
     * queue has been reserved.
     *
     * @throws RefusedException when the queue is full or the engine is stopping
     * @throws InvalidRequestException when the request does not fit the model
     */
    public Generation submit(GenerationRequest request) {
        throw new UnsupportedOperationException();
    }

    /** A snapshot. Thread-safe, takes no lock that the engine thread holds for long. */
    public EngineStats stats() {
        throw new UnsupportedOperationException();
    }

    /** Accepts nothing more and waits until everything accepted has ended, or {@code deadline} has passed. Returns whether all had ended. */
    public boolean drain(Duration deadline) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Ends what still runs with an error, stops the engine thread and frees all memory. */
    @Override
    public void close() {}
}
