package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.json.JsonText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes matrices of F32 as a safetensors file: what {@link SafetensorsReader} reads. */
public final class SafetensorsWriter {

    private static final int ALIGNMENT = 8;

    /**
     * One matrix.
     *
     * @param data its elements, little-endian and row-major
     */
    public record Entry(String name, int rows, int columns, MemorySegment data) {}

    private SafetensorsWriter() {}

    /** Writes {@code file} again: under another name first, so that a file of this name is always whole; after a failure nothing is left behind. */
    public static void write(Path file, List<Entry> entries) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                put(channel, header(entries));
                for (Entry entry : entries) {
                    put(channel, entry.data().asByteBuffer());
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** The length of the JSON and the JSON, with blanks behind it so that the data is aligned. */
    private static ByteBuffer header(List<Entry> entries) {
        Map<String, Object> tensors = new LinkedHashMap<>();
        tensors.put("__metadata__", Map.of("format", "pt"));
        long at = 0;
        for (Entry entry : entries) {
            long end = at + entry.data().byteSize();
            List<Integer> shape = List.of(entry.rows(), entry.columns());
            tensors.put(entry.name(), Map.of("dtype", "F32", "shape", shape, "data_offsets", List.of(at, end)));
            at = end;
        }
        String json = JsonText.of(tensors);
        byte[] bytes =
                (json + " ".repeat(Math.floorMod(-json.length(), ALIGNMENT))).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .flip();
    }

    private static void put(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
