package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A checkpoint that a reader has opened: owns the arena that its tensors are mapped in. */
public final class OpenCheckpoint implements Checkpoint {

    /** What a reader found; {@code tensors} by GGUF name. */
    public record Contents(
            Path path,
            CheckpointFormat format,
            Hyperparameters hyperparameters,
            TokenizerData tokenizer,
            SequencedMap<String, Tensor> tensors,
            boolean tiedOutput,
            List<CheckedFile> files,
            List<String> notes) {}

    private final Contents contents;
    private final Arena arena;
    private final AtomicBoolean closed = new AtomicBoolean();

    public OpenCheckpoint(Contents contents, Arena arena) {
        this.contents = contents;
        this.arena = arena;
    }

    @Override
    public Path path() {
        return contents.path;
    }

    @Override
    public CheckpointFormat format() {
        return contents.format;
    }

    @Override
    public Hyperparameters hyperparameters() {
        return contents.hyperparameters;
    }

    @Override
    public TokenizerData tokenizer() {
        return contents.tokenizer;
    }

    @Override
    public SequencedCollection<Tensor> tensors() {
        return Collections.unmodifiableSequencedCollection(contents.tensors.sequencedValues());
    }

    @Override
    public Tensor tensor(String name) {
        Tensor tensor = contents.tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(contents.path, "has no tensor called " + name);
        }
        return tensor;
    }

    @Override
    public boolean tiedOutput() {
        return contents.tiedOutput;
    }

    @Override
    public List<CheckedFile> files() {
        return contents.files;
    }

    @Override
    public List<String> notes() {
        return contents.notes;
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            arena.close();
        }
    }
}
