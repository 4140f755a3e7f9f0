package dev.altiplano.engine.checkpoint;

import java.util.SequencedCollection;

/**
 * An open model: Meta's folder, a GGUF file or a Hugging Face folder, all seen through GGUF's tensor names and the official
 * order of rows. Structure, sizes and hyperparameters have been checked when it is open; checksums are checked by
 * {@link Verification}. Owns the mappings of its files until {@link #close()}.
 */
public interface Checkpoint extends AutoCloseable {

    CheckpointFormat format();

    Hyperparameters hyperparameters();

    /** What the tokenizer is made of. */
    TokenizerData tokenizer();

    /** All tensors that a LLaMA model needs, in file order. */
    SequencedCollection<Tensor> tensors();

    /** The tensor called {@code name}; throws {@link CheckpointException} when there is none. */
    Tensor tensor(String name);

    @Override
    void close();
}
