package dev.altiplano.fuzz;

/** The weights of Meta's folder: a ZIP archive with a pickle. */
public final class TorchTarget {

    private static final ModelFiles FILES =
            new ModelFiles("malformed/control-pth/params.json", "malformed/tokenizer.model");

    private TorchTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILES.write("consolidated.00.pth", data);
        FILES.open();
    }
}
