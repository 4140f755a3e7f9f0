package dev.altiplano.engine.tokenizer;

import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reference files that tokenizers are held to. */
public final class Reference {

    public static final Path FOLDER = Path.of("src/test/resources/reference");

    private Reference() {}

    public static SentencePieceTokenizer tokenizer() {
        return SentencePieceTokenizer.parse(bytes("tokenizer.model"));
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String name) {
        return JsonMapper.shared().readTree(bytes(name));
    }

    public static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
