package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model is, from its headers alone: for people, and for deciding whether it fits before it is loaded.
 *
 * @param weightFiles number of files that the weights are in
 * @param parameters number of weights; a tied output counts once
 * @param tensorBytes bytes of the weights as they are stored; a tied output counts once
 * @param types how many tensors each type stores
 * @param size the published size that has this shape
 */
public record ModelSummary(
        Path path,
        CheckpointFormat format,
        int weightFiles,
        Hyperparameters hyperparameters,
        Optional<ModelSize> size,
        long parameters,
        long tensorBytes,
        Map<TensorType, Integer> types,
        boolean tiedOutput,
        List<String> notes) {

    /** Summarizes an open checkpoint; reads nothing. */
    public static ModelSummary of(Checkpoint checkpoint) {
        Map<TensorType, Integer> types = new EnumMap<>(TensorType.class);
        long parameters = 0;
        long bytes = 0;
        for (Tensor tensor : checkpoint.tensors()) {
            if (!checkpoint.tiedOutput() || !tensor.name().equals(TensorShape.OUTPUT)) {
                types.merge(tensor.type(), 1, Integer::sum);
                parameters += (long) tensor.rows() * tensor.columns();
                bytes += tensor.byteSize();
            }
        }
        Hyperparameters h = checkpoint.hyperparameters();
        return new ModelSummary(
                checkpoint.path(),
                checkpoint.format(),
                (int) checkpoint.files().stream().filter(CheckedFile::weights).count(),
                h,
                ModelSize.of(h),
                parameters,
                bytes,
                Collections.unmodifiableMap(types),
                checkpoint.tiedOutput(),
                checkpoint.notes());
    }
}
