package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedCollection;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Writes a LLaMA model as one GGUF file (version 3), row by row, whatever its tensors come from: shards that are joined, or
 * weights that are quantized while they are read. Vectors of 16 bits are widened to F32, as llama.cpp wants them, which
 * changes no value. The file appears under its name when it is complete, and not before.
 */
public final class GgufWriter {

    private static final int ALIGNMENT = 32;
    private static final int BUFFER_BYTES = 8 << 20;

    private final byte[] header;
    private final List<Tensor> tensors = new ArrayList<>();
    private long dataBytes;

    /**
     * Prepares the header; nothing is written yet.
     *
     * @param name what the model is called
     * @param tokenizer a vocabulary, not a file
     * @param tensors what to write, in this order
     */
    public GgufWriter(
            String name, Hyperparameters h, TokenizerData tokenizer, SequencedCollection<? extends Tensor> tensors) {
        GgufHeader bytes = new GgufHeader();
        List<Tensor> widened = new ArrayList<>();
        for (Tensor tensor : tensors) {
            widened.add(WidenedVector.of(tensor));
        }
        this.tensors.addAll(MergedExperts.merged(widened, h.experts().count()));
        this.tensors.addAll(GgufRopeOutput.of(h.rope()).tensors());
        bytes.metadata(name, h, tokenizer, this.tensors);
        bytes.begin(this.tensors.size());
        for (Tensor tensor : this.tensors) {
            bytes.tensor(tensor, dataBytes);
            dataBytes += padded(tensor.byteSize());
        }
        this.header = bytes.padded(ALIGNMENT);
    }

    /** Size of the file that {@link #write} makes. */
    public long byteSize() {
        return header.length + dataBytes;
    }

    /**
     * Writes the file beside its final place and then moves it there. An existing file is replaced only where
     * {@code overwrite}; after a failure nothing is left behind.
     *
     * @throws IOException if the file cannot be written
     * @throws CheckpointException if a tensor cannot be read
     */
    public void write(Path target, boolean overwrite, Progress progress) throws IOException {
        write(target, overwrite, progress, written -> {});
    }

    /**
     * The same; {@code check} sees the complete file before it gets its name, and keeps it from that by throwing.
     */
    public void write(Path target, boolean overwrite, Progress progress, Consumer<Path> check) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(target + " is not the name of a file");
        }
        refuseExisting(target, overwrite);
        Path part = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        // An interrupt from the keyboard leaves by the exit alone.
        part.toFile().deleteOnExit();
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeAll(channel, ByteBuffer.wrap(header));
                writeTensors(channel, progress);
                channel.force(true);
            }
            check.accept(part);
            refuseExisting(target, overwrite);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void refuseExisting(Path target, boolean overwrite) throws IOException {
        if (!overwrite && Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "exists already");
        }
    }

    private void writeTensors(FileChannel channel, Progress progress) throws IOException {
        long bufferBytes = BUFFER_BYTES;
        for (Tensor tensor : tensors) {
            bufferBytes = Math.max(bufferBytes, tensor.rowBytes() + ALIGNMENT);
        }
        long done = header.length;
        // Shared: a tensor that is converted while it is read may be filled by several threads.
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer = arena.allocate(bufferBytes, ALIGNMENT);
            for (Tensor tensor : tensors) {
                int rowsAtOnce = (int) Math.min(tensor.rows(), bufferBytes / tensor.rowBytes());
                for (int row = 0; row < tensor.rows(); row += rowsAtOnce) {
                    int rows = Math.min(rowsAtOnce, tensor.rows() - row);
                    tensor.read(row, rows, buffer, 0);
                    writeAll(
                            channel, buffer.asSlice(0, rows * tensor.rowBytes()).asByteBuffer());
                    done += rows * tensor.rowBytes();
                    progress.advanced(done, byteSize());
                }
                int padding = (int) (padded(tensor.byteSize()) - tensor.byteSize());
                writeAll(channel, ByteBuffer.allocate(padding));
                done += padding;
            }
        }
        progress.advanced(done, byteSize());
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static long padded(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
}
