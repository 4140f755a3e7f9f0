package dev.altiplano.fuzz;

/** A GGUF file. */
public final class GgufTarget {

    private static final ModelFiles FILES = new ModelFiles();

    private GgufTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILES.write("model.gguf", data);
        ModelFiles.open(FILES.path("model.gguf"));
    }
}
