package dev.altiplano.training.text;

import dev.altiplano.training.TrainingException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads UTF-8 text by lines of bounded length, and as documents that are separated by empty lines. */
public final class TextFile {

    /** The longest line that is read: more is no text that somebody wrote. */
    public static final int MAX_LINE_BYTES = 4 << 20;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TextFile() {}

    /** Gives each line and its number, from 1. */
    public static void lines(Path file, ObjLongConsumer<String> consumer) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long number = 1;
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    consumer.accept(decode(file, line.toByteArray(), number), number);
                    line.reset();
                    number++;
                } else {
                    if (line.size() == MAX_LINE_BYTES) {
                        throw new TrainingException(file + ", line " + number + ": longer than " + MAX_LINE_BYTES
                                + " bytes: break it into lines");
                    }
                    line.write(c);
                }
            }
            if (line.size() > 0) {
                consumer.accept(decode(file, line.toByteArray(), number), number);
            }
        } catch (IOException e) {
            throw new TrainingException(file + ": cannot be read: " + e, e);
        }
    }

    private static String decode(Path file, byte[] bytes, long number) {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(buffer)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TrainingException(
                    file + ", line " + number + ", byte " + buffer.position() + ": not UTF-8: convert the file", e);
        }
    }

    /**
     * The documents of a file: of JSON lines ({@code .jsonl}) each {@code "text"}; of any other the runs of lines without an empty
     * one. Fails where there is none.
     */
    public static List<String> documents(Path file) {
        ArrayList<String> documents = new ArrayList<>();
        if (file.toString().endsWith(".jsonl")) {
            lines(file, (line, number) -> {
                if (!line.isBlank()) {
                    documents.add(text(file, line, number));
                }
            });
        } else {
            split(file, documents);
        }
        if (documents.isEmpty()) {
            throw new TrainingException(file + ": has no text");
        }
        return documents;
    }

    private static String text(Path file, String line, long number) {
        try {
            JsonNode text = JSON.readTree(line).get("text");
            if (text != null && text.isString()) {
                return text.stringValue();
            }
        } catch (JacksonException e) {
            throw new TrainingException(file + ", line " + number + ": no JSON: " + e.getOriginalMessage(), e);
        }
        throw new TrainingException(file + ", line " + number + ": needs a text \"text\"");
    }

    private static void split(Path file, List<String> documents) {
        StringBuilder document = new StringBuilder();
        lines(file, (line, number) -> {
            if (line.isBlank()) {
                flush(document, documents);
            } else {
                document.append(document.isEmpty() ? "" : "\n").append(line);
            }
        });
        flush(document, documents);
    }

    private static void flush(StringBuilder document, List<String> documents) {
        if (!document.isEmpty()) {
            documents.add(document.toString());
            document.setLength(0);
        }
    }
}
