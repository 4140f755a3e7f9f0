package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.MeasuredDivergence;
import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The keys {@code altiplano.divergence.*} of a GGUF file: read, or written into a file that is there. */
public final class GgufDivergence {

    private static final String PREFIX = "altiplano.divergence.";
    private static final int F64 = 12;
    private static final int HEAD_BYTES = 24;
    private static final int MAX_TENSORS = 1 << 14;
    private static final int MAX_TEXT_BYTES = 200;

    /** Where the parts of a header end. */
    private record Header(GgufMetadata keys, long keyCount, long keysEnd, long infosEnd, long alignment) {}

    private GgufDivergence() {}

    /** What the file says; nothing where it says nothing, or is no GGUF file. */
    public static Optional<MeasuredDivergence> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = TensorFile.map(file, arena);
            if (bytes.byteSize() < HEAD_BYTES
                    || new ByteCursor(file, bytes).i32("the magic number") != GgufReader.MAGIC) {
                return Optional.empty();
            }
            GgufMetadata keys = header(file, bytes).keys();
            if (!keys.has(PREFIX + "mean")) {
                return Optional.empty();
            }
            return Optional.of(new MeasuredDivergence(
                    keys.number(PREFIX + "mean", 0, Double.MAX_VALUE),
                    keys.number(PREFIX + "p99", 0, Double.MAX_VALUE),
                    keys.number(PREFIX + "max", 0, Double.MAX_VALUE),
                    keys.number(PREFIX + "same_top", 0, 1),
                    keys.number(PREFIX + "perplexity_ratio", 0, Double.MAX_VALUE),
                    (long) keys.number(PREFIX + "tokens", 0, 1e15),
                    keys.text(PREFIX + "text")));
        }
    }

    private static Header header(Path file, MemorySegment bytes) {
        ByteCursor cursor = new ByteCursor(file, bytes);
        cursor.skip(8, "the version");
        long tensors = cursor.count("the number of tensors", MAX_TENSORS);
        long keyCount = cursor.count("the number of keys", cursor.remaining() / 13);
        GgufMetadata keys = new GgufMetadata(file, bytes, cursor, keyCount);
        long keysEnd = cursor.position();
        for (long i = 0; i < tensors; i++) {
            cursor.skip(cursor.i64("a tensor's name"), "a tensor's name");
            long dimensions = cursor.i32("a tensor's dimensions");
            if (dimensions < 0 || dimensions > 4) {
                throw new CheckpointException(file, "has a tensor of " + dimensions + " dimensions");
            }
            cursor.skip(8 * dimensions + 12, "a tensor");
        }
        long alignment = keys.integer("general.alignment", 8, 1 << 16, 32);
        return new Header(keys, keyCount, keysEnd, cursor.position(), alignment);
    }

    /**
     * Puts the keys into a GGUF file that has none of them: writes it again beside itself and replaces it.
     *
     * @throws IOException if the file cannot be written; it is then as it was
     */
    public static void write(Path file, MeasuredDivergence divergence) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".measured.part");
        try (Arena arena = Arena.ofConfined();
                FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            MemorySegment bytes = TensorFile.map(file, arena);
            Header header = header(file, bytes);
            if (header.keys().has(PREFIX + "mean")) {
                throw new CheckpointException(file, "has been measured already: " + PREFIX + "mean is there");
            }
            byte[] keys = keys(divergence);
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            head.put(bytes.asSlice(0, HEAD_BYTES).asByteBuffer());
            head.putLong(16, header.keyCount() + 7);
            put(out, head.flip());
            put(out, bytes, HEAD_BYTES, header.keysEnd());
            put(out, ByteBuffer.wrap(keys));
            put(out, bytes, header.keysEnd(), header.infosEnd());
            long padded = Math.ceilDiv(out.position(), header.alignment()) * header.alignment();
            put(out, ByteBuffer.allocate((int) (padded - out.position())));
            put(out, bytes, Math.ceilDiv(header.infosEnd(), header.alignment()) * header.alignment(), bytes.byteSize());
            out.force(true);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static byte[] keys(MeasuredDivergence divergence) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, "mean", divergence.mean());
        number(out, "p99", divergence.percentile99());
        number(out, "max", divergence.maximum());
        number(out, "same_top", divergence.sameTop());
        number(out, "perplexity_ratio", divergence.perplexityRatio());
        number(out, "tokens", divergence.tokens());
        key(out, "text", GgufMetadata.STRING);
        byte[] text = divergence.text().getBytes(StandardCharsets.UTF_8);
        text(out, text.length <= MAX_TEXT_BYTES ? text : new byte[0]);
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, String name, double value) {
        key(out, name, F64);
        out.writeBytes(little(8).putDouble(0, value).array());
    }

    private static void key(ByteArrayOutputStream out, String name, int type) {
        text(out, (PREFIX + name).getBytes(StandardCharsets.UTF_8));
        out.writeBytes(little(4).putInt(0, type).array());
    }

    private static void text(ByteArrayOutputStream out, byte[] utf8) {
        out.writeBytes(little(8).putLong(0, utf8.length).array());
        out.writeBytes(utf8);
    }

    @SuppressWarnings("ByteBufferBackingArray") // made here, and all of the array is its own
    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(FileChannel out, MemorySegment bytes, long from, long to) throws IOException {
        long most = 64L << 20;
        for (long at = from; at < to; at += most) {
            put(out, bytes.asSlice(at, Math.min(most, to - at)).asByteBuffer());
        }
    }

    private static void put(FileChannel out, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
