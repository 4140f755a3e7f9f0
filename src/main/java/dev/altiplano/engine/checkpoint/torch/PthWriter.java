package dev.altiplano.engine.checkpoint.torch;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.io.ByteArrayOutputStream;
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
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes PyTorch's {@code .pth} as LLaMA's files have it: a zip of stored entries, {@code consolidated/data.pkl} a dictionary of
 * tensors in pickle protocol 2, and {@code consolidated/data/<n>} their elements at multiples of 64 bytes.
 */
public final class PthWriter {

    private static final String ROOT = "consolidated/";
    private static final int ALIGNMENT = 64;
    /** Sizes and offsets of a zip without extensions have 32 bits. */
    private static final long MAX_BYTES = 0xFFFF_0000L;

    /** Of a tensor: two headers, the padding and its lines of the dictionary. */
    private static final int OVERHEAD = 1024;

    /**
     * One tensor.
     *
     * @param shape rows and columns, or the size of a vector
     * @param type F32, F16 or BF16
     * @param data its elements, little-endian and row-major
     */
    public record Entry(String name, int[] shape, TensorType type, MemorySegment data) {}

    private record Written(byte[] name, long offset, int crc, long size) {}

    private final FileChannel channel;
    private final ArrayList<Written> directory = new ArrayList<>();

    private PthWriter(FileChannel channel) {
        this.channel = channel;
    }

    /** How many bytes so many tensors may have together to fit into a file. */
    public static long maxBytes(int tensors) {
        return MAX_BYTES - (long) tensors * OVERHEAD;
    }

    /** Writes {@code file} again: under another name first, so that a file of this name is always whole; after a failure nothing is left behind. */
    public static void write(Path file, List<Entry> entries) throws IOException {
        long total =
                entries.stream().mapToLong(entry -> entry.data().byteSize()).sum();
        if (total > maxBytes(entries.size())) {
            throw new CheckpointException(
                    file, total + " bytes of tensors: a file takes at most " + maxBytes(entries.size()));
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                PthWriter writer = new PthWriter(channel);
                writer.entry("data.pkl", MemorySegment.ofArray(pickle(entries)));
                for (int i = 0; i < entries.size(); i++) {
                    writer.entry("data/" + i, entries.get(i).data());
                }
                writer.entry("version", MemorySegment.ofArray("3\n".getBytes(StandardCharsets.US_ASCII)));
                writer.end();
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void entry(String name, MemorySegment data) throws IOException {
        byte[] path = (ROOT + name).getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        for (long at = 0; at < data.byteSize(); at += 1 << 24) {
            crc.update(data.asSlice(at, Math.min(1 << 24, data.byteSize() - at)).asByteBuffer());
        }
        long offset = channel.position();
        // The extra field "FB" moves the data to a multiple of the alignment.
        int padding = (int) Math.floorMod(-(offset + 30 + path.length + 4), (long) ALIGNMENT);
        ByteBuffer header = little(30 + path.length + 4 + padding);
        header.putInt(0x04034b50).putShort((short) 0);
        common(header, (int) crc.getValue(), data.byteSize(), path.length);
        header.putShort((short) (4 + padding)).put(path);
        header.put((byte) 'F').put((byte) 'B').putShort((short) padding);
        put(header.position(header.limit()).flip());
        for (long at = 0; at < data.byteSize(); at += 1 << 24) {
            put(data.asSlice(at, Math.min(1 << 24, data.byteSize() - at)).asByteBuffer());
        }
        directory.add(new Written(path, offset, (int) crc.getValue(), data.byteSize()));
    }

    /** Flags, method, time and date, checksum, sizes and the length of the name: the same in both headers of an entry. */
    private static void common(ByteBuffer header, int crc, long size, int nameLength) {
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0x21);
        header.putInt(crc).putInt((int) size).putInt((int) size).putShort((short) nameLength);
    }

    private void end() throws IOException {
        long start = channel.position();
        for (Written entry : directory) {
            ByteBuffer header = little(46 + entry.name().length);
            header.putInt(0x02014b50).putShort((short) 0).putShort((short) 0);
            common(header, entry.crc(), entry.size(), entry.name().length);
            header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
            header.putInt(0).putInt((int) entry.offset()).put(entry.name());
            put(header.flip());
        }
        ByteBuffer end = little(22);
        end.putInt(0x06054b50).putInt(0).putShort((short) directory.size()).putShort((short) directory.size());
        end.putInt((int) (channel.position() - start)).putInt((int) start).putShort((short) 0);
        put(end.flip());
    }

    private static byte[] pickle(List<Entry> entries) {
        Pickle pickle = new Pickle();
        pickle.bytes(0x80, 2, '}', '('); // protocol 2, an empty dictionary, mark
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            pickle.text(entry.name());
            pickle.global("torch._utils", "_rebuild_tensor_v2");
            pickle.bytes('(', '(');
            pickle.text("storage");
            pickle.global("torch", storage(entry.type()));
            pickle.text(Integer.toString(i));
            pickle.text("cpu");
            pickle.integer(entry.data().byteSize() / entry.type().bytes());
            pickle.bytes('t', 'Q'); // tuple, persistent id
            pickle.integer(0);
            pickle.tuple(entry.shape());
            pickle.tuple(strides(entry.shape()));
            pickle.bytes(0x89); // requires no gradient
            pickle.global("collections", "OrderedDict");
            pickle.bytes(')', 'R', 't', 'R'); // no hooks; call _rebuild_tensor_v2
        }
        pickle.bytes('u', '.');
        return pickle.out.toByteArray();
    }

    private static String storage(TensorType type) {
        return switch (type) {
            case F32 -> "FloatStorage";
            case F16 -> "HalfStorage";
            case BF16 -> "BFloat16Storage";
            default -> throw new IllegalArgumentException(type + " is not a type of PyTorch");
        };
    }

    private static int[] strides(int[] shape) {
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }

    /** The opcodes that are needed. */
    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void bytes(int... values) {
            for (int value : values) {
                out.write(value);
            }
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.write('X');
            out.writeBytes(little(4).putInt(utf8.length).array());
            out.writeBytes(utf8);
        }

        void global(String module, String name) {
            out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        }

        void integer(long value) {
            out.write('J');
            out.writeBytes(little(4).putInt(Math.toIntExact(value)).array());
        }

        void tuple(int[] values) {
            out.write('(');
            for (int value : values) {
                integer(value);
            }
            out.write('t');
        }
    }
}
