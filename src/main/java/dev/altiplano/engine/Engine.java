package dev.altiplano.engine;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One model, the requests that it serves and the thread that computes for them. {@link dev.altiplano.engine.run.Engines} opens one.
 *
 * <p>All methods may be called from any thread. A request that fails, fails alone.
 */
public interface Engine extends AutoCloseable {

    /** What is served. */
    ModelCard card();

    /** The ids of {@code text}, with the beginning of sequence in front if {@code addSpecialTokens}. */
    int[] tokenize(String text, boolean addSpecialTokens);

    /** As {@link #tokenize(String, boolean)}, but names of control tokens in {@code text} are those tokens. */
    int[] tokenizeParsed(String text, boolean addSpecialTokens);

    /**
     * The ids after which the model writes what stands between {@code before} and {@code after}; throws {@link
     * InvalidRequestException} where it was not trained to.
     */
    int[] tokenizeInfill(String before, String after);

    /**
     * Throws {@link InvalidRequestException} where {@code text}, a value of {@code field}, has more tokens than a context however it
     * is divided: cheap, where {@link #tokenize} takes time and memory as the text grows.
     */
    void requireFits(String field, String text);

    /** The text of {@code ids}; throws {@link IndexOutOfBoundsException} for an id outside the vocabulary. */
    String detokenize(int[] ids);

    /**
     * Accepts a request, or refuses it within milliseconds. Tokenizes in the calling thread, after a place in the queue has been
     * reserved.
     *
     * @throws RefusedException when the queue is full or the engine is stopping
     * @throws InvalidRequestException when the request does not fit the model
     */
    Generation submit(GenerationRequest request);

    /**
     * The refusal that {@link #submit} would meet now, null where there is room: to be asked before anything is done for a
     * request. Cheap; counts nothing.
     */
    @Nullable
    RefusedException refusal();

    /** A snapshot of what runs, waits and is held in memory. Cheap. */
    EngineStats stats();

    /** What the file that keeps prefixes holds and has done. Cheap. */
    TierStats tierStats();

    /**
     * Hexadecimal digits that differ where the weights of adapters do; empty where there is no adapter called {@code name}, and for
     * null. Cheap.
     */
    String adapterDigest(@Nullable String name);

    /** The adapters that there are now, and those in use. Cheap. */
    AdapterNames adapters();

    /**
     * Brings a LoRA adapter into memory beside the model, while it serves; reads and packs in the calling thread. Requests may name
     * it once this returns.
     *
     * @throws InvalidRequestException where there is one of that name, or no room for another ({@link EngineOptions.AdapterRoom})
     * @throws ModelException where the files are no adapter of this model
     */
    void loadAdapter(String name, Path path);

    /**
     * Takes an adapter away: no request may name it from now on. Returns when those that did have ended, and its memory is free.
     *
     * @throws InvalidRequestException where there is none of that name
     */
    void unloadAdapter(String name) throws InterruptedException;

    /** Whether the engine thread computes: no more once it is closed, or once an error has ended it. */
    boolean running();

    /** Accepts nothing more and waits until everything accepted has ended, or {@code deadline} has passed. Returns whether all had ended. */
    boolean drain(Duration deadline) throws InterruptedException;

    /** Ends what still runs with an error, stops the engine thread and frees all memory. The first call counts. */
    @Override
    void close();
}
