package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides about tensors that no model of the family reads: what may change its results is refused by name, and that is everything
 * inside a layer but what is known to hold angles that follow from the hyperparameters; others are noted.
 */
public final class IgnoredTensors {

    private static final int MAX_NOTES = 20;

    /** Angles, or frequencies, that other programs kept beside the weights. */
    private static final Pattern WITHOUT_EFFECT = Pattern.compile(
            ".*(rotary_emb\\.(inv_freq|cos_cached|sin_cached)|rope\\.freqs|attn_rot_embd(\\.weight)?|masked_bias)");

    private static final Pattern SUSPECT =
            Pattern.compile("(.*\\.)?(layers|blk|h)\\.[0-9]+\\..*|.*(\\.bias|lora|norm|scale|rope|adapter).*");

    private IgnoredTensors() {}

    public static void check(Path file, String name, List<String> notes) {
        String shortName = JsonObject.shorten(name);
        if (WITHOUT_EFFECT.matcher(name).matches()) {
            return;
        }
        if (SUSPECT.matcher(name).matches()) {
            throw new CheckpointException(
                    file,
                    "has the tensor " + shortName
                            + ", which this architecture does not have: the model would compute something else without it");
        }
        if (notes.size() < MAX_NOTES) {
            notes.add(file.getFileName() + " has the tensor " + shortName + ", which LLaMA does not read");
        }
    }
}
