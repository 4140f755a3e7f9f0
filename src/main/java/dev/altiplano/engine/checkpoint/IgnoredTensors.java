package dev.altiplano.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** Decides about tensors that LLaMA does not have: those that would change its results are refused, the others noted. */
public final class IgnoredTensors {

    private static final int MAX_NOTES = 20;

    private IgnoredTensors() {}

    public static void check(Path file, String name, List<String> notes) {
        String shortName = JsonObject.shorten(name);
        if (name.endsWith(".bias") || name.contains("lora") || name.endsWith("rope_freqs.weight")) {
            throw new CheckpointException(file, "has the tensor " + shortName + ", which is not supported for LLaMA");
        }
        if (notes.size() < MAX_NOTES) {
            notes.add(file.getFileName() + " has the tensor " + shortName + ", which LLaMA does not read");
        }
    }
}
