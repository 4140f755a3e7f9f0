package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedCollection;

/**
 * An open model: Meta's folder, a GGUF file or a Hugging Face folder, all seen through GGUF's tensor names and the official
 * order of rows. Structure, sizes and hyperparameters have been checked when it is open; checksums are checked by
 * {@code verify.Verification}. Owns the mappings of its files until {@link #close()}.
 */
public interface Checkpoint extends AutoCloseable {

    /** Where it was opened: a folder, or a GGUF file. */
    Path path();

    CheckpointFormat format();

    Hyperparameters hyperparameters();

    /** What the tokenizer is made of. */
    TokenizerData tokenizer();

    /** All tensors that a LLaMA model needs, in file order; {@code output.weight} is among them where it is tied, too. */
    SequencedCollection<Tensor> tensors();

    /** Whether {@code output.weight} is {@code token_embd.weight} once more, and has no bytes of its own. */
    boolean tiedOutput();

    /** The files that were opened, with the checksums that are known for them. */
    List<CheckedFile> files();

    /** What was seen and left aside, in sentences: tensors that no LLaMA model reads, keys that are not known. */
    List<String> notes();

    /** The tensor called {@code name}; throws {@link CheckpointException} when there is none. */
    Tensor tensor(String name);

    @Override
    void close();
}
