package dev.altiplano.fuzz;

/** The weights of a Hugging Face folder. */
public final class SafetensorsTarget {

    private static final ModelFiles FILES = new ModelFiles(
            "malformed/control-safetensors/config.json", "malformed/control-safetensors/tokenizer.model");

    private SafetensorsTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILES.write("model.safetensors", data);
        FILES.open();
    }
}
