package dev.altiplano.engine.checkpoint.adapter;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A LoRA adapter that has been opened; its matrices lie in mapped files, whose arena the caller owns.
 *
 * @param parts by the GGUF name of the tensor that each changes
 */
public record AdapterFile(Path path, SequencedMap<String, LowRank> parts) {

    /** Largest rank: beyond it an adapter is no smaller than what it adapts. */
    public static final int MAX_RANK = 1024;

    /** An adapter of at least one part, each with sound ranks and a finite scale. */
    public static AdapterFile of(Path path, Collection<LowRank> parts) {
        SequencedMap<String, LowRank> byTarget = new LinkedHashMap<>();
        for (LowRank part : parts) {
            if (part.a().rows() > MAX_RANK || part.a().rows() != part.b().columns()) {
                throw new CheckpointException(
                        path,
                        part.target() + " has the ranks " + part.a().rows() + " and "
                                + part.b().columns() + ", expected one from 1 to " + MAX_RANK);
            }
            if (!Float.isFinite(part.scale())) {
                throw new CheckpointException(path, part.target() + " has the scale " + part.scale());
            }
            byTarget.put(part.target(), part);
        }
        if (byTarget.isEmpty()) {
            throw new CheckpointException(path, "holds no LoRA matrix");
        }
        return new AdapterFile(path, byTarget);
    }

    /** Throws {@link CheckpointException} unless each part has the shape of the tensor in {@code base} that it changes. */
    public void check(Checkpoint base) {
        for (LowRank part : parts.sequencedValues()) {
            if (base.tensors().stream().noneMatch(tensor -> tensor.name().equals(part.target()))) {
                throw new CheckpointException(
                        path,
                        "changes " + part.target() + ", which " + base.path()
                                + " does not have: it was made for another model");
            }
            Tensor tensor = base.tensor(part.target());
            if (part.a().columns() != tensor.columns() || part.b().rows() != tensor.rows()) {
                throw new CheckpointException(
                        path,
                        "changes " + part.target() + " of shape [" + part.b().rows() + ", "
                                + part.a().columns() + "], but in " + base.path() + " it is [" + tensor.rows() + ", "
                                + tensor.columns() + "]: it was made for another model");
            }
        }
    }
}
