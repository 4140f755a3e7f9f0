package dev.altiplano.engine.checkpoint.content;

import dev.altiplano.engine.json.JsonException;
import dev.altiplano.engine.json.JsonParser;
import dev.altiplano.engine.json.JsonValues;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A strict reader of JSON (RFC 8259) for the small files around a model: no comments, no NaN, no key twice, bounded depth.
 * Values are {@link JsonObject}, {@link List}, {@link String}, {@link Long} (integers that fit), {@link Double},
 * {@link Boolean} and {@link Null}.
 */
public final class JsonReader implements JsonValues<Object> {

    /** JSON's null. */
    public enum Null {
        NULL;

        @Override
        public String toString() {
            return "null";
        }
    }

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_CHARACTERS = 400;
    private static final int MAX_LONG_CHARACTERS = 19;

    private final Path file;
    /** How many values are still allowed: one for 16 bytes of the longest text that is allowed. */
    private int budget;

    private JsonReader(Path file, int budget) {
        this.file = file;
        this.budget = budget;
    }

    /** Reads a file that must hold one JSON object and have at most {@code maxBytes}. */
    public static JsonObject readFile(Path file, long maxBytes) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, Files.exists(file) ? "is not a regular file" : "is missing");
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, maxBytes + 1));
            if (bytes.length > maxBytes) {
                throw new CheckpointException(file, "has more than the " + maxBytes + " bytes that are allowed for it");
            }
            return read(file, bytes, maxBytes);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read: " + e, e);
        }
    }

    /**
     * Parses {@code utf8}, which must hold one JSON object; {@code file} is named in errors. The number of values is bounded
     * by the {@code maxBytes} that the caller allows for such a text, as empty lists take more memory than text.
     */
    public static JsonObject read(Path file, byte[] utf8, long maxBytes) {
        WrongContent.refuse(file, MemorySegment.ofArray(utf8));
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "its JSON is not UTF-8", e);
        }
        JsonReader values = new JsonReader(file, (int) Math.max(1 << 16, maxBytes / 16));
        try {
            return (JsonObject) new JsonParser<>(text, values, false).parseObject();
        } catch (JsonException e) {
            throw new CheckpointException(file, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void begin(int depth) {
        require(--budget >= 0, "JSON holds too many values");
        require(depth <= MAX_DEPTH, "JSON is nested deeper than " + MAX_DEPTH);
    }

    @Override
    public Object object(Map<String, Object> members) {
        return new JsonObject(file, members);
    }

    @Override
    public Object list(List<Object> elements) {
        return elements;
    }

    @Override
    public Object string(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                require(
                        i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)),
                        "a string holds half of a surrogate pair");
                i++;
            }
        }
        return text;
    }

    @Override
    public Object number(String written) {
        require(
                written.length() <= MAX_NUMBER_CHARACTERS,
                "a number of more than " + MAX_NUMBER_CHARACTERS + " characters");
        if (written.length() <= MAX_LONG_CHARACTERS && written.chars().noneMatch(c -> ".eE".indexOf(c) >= 0)) {
            try {
                return Long.valueOf(written);
            } catch (NumberFormatException e) {
                // Just beyond 64 bits: a real number then.
            }
        }
        double number = Double.parseDouble(written);
        require(!Double.isInfinite(number), "a number that is too large");
        return number;
    }

    @Override
    public Object bool(boolean value) {
        return value;
    }

    @Override
    public Object nothing() {
        return Null.NULL;
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
