package dev.altiplano.fuzz;

/** The {@code tokenizer.json} of a Hugging Face folder. */
public final class TokenizerTarget {

    private static final ModelFiles FILES =
            new ModelFiles("families/tokenizers/bpe-gap/config.json", "families/tokenizers/bpe-gap/model.safetensors");

    private TokenizerTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILES.write("tokenizer.json", data);
        FILES.open();
    }
}
