package dev.altiplano.engine.checkpoint.torch;

import dev.altiplano.engine.checkpoint.CheckedFile.PartSum;
import dev.altiplano.engine.checkpoint.TensorFile;
import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.torch.Pickled.Dict;
import dev.altiplano.engine.checkpoint.torch.Pickled.Opaque;
import dev.altiplano.engine.checkpoint.torch.Pickled.View;
import dev.altiplano.engine.checkpoint.verify.ChecksumReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads what torch.save wrote: a zip archive with the pickle {@code <root>/data.pkl}, a dict of tensors by name, and one
 * entry {@code <root>/data/<key>} for each storage.
 */
public final class TorchReader {

    private static final long MAX_PICKLE_BYTES = 4 << 20;
    private static final int PIECE_BYTES = 1 << 16;
    /** What training scripts call the weights among the other things that they save, in the order of trust. */
    private static final List<String> WEIGHT_KEYS =
            List.of("model_state_dict", "state_dict", "model", "module", "weights");

    private static final int MAX_DEPTH = 3;

    private final Path file;
    private final MemorySegment bytes;
    private final Map<String, ZipArchive.Entry> entries;
    private final ZipArchive.Entry pickle;

    private TorchReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
        this.entries = ZipArchive.entries(file, bytes);
        this.pickle = findPickle();
    }

    /** Maps {@code file} into {@code arena} and reads its directory and pickle; the tensors' data is not touched. */
    public static TensorFile read(Path file, Arena arena) {
        TorchReader reader = new TorchReader(file, TensorFile.map(file, arena));
        List<PartSum> sums = new ArrayList<>();
        for (ZipArchive.Entry entry : reader.entries.values()) {
            sums.add(new PartSum(entry.name(), entry.offset(), entry.bytes(), entry.crc32()));
        }
        return new TensorFile(file, reader.bytes.byteSize(), reader.tensors(), sums);
    }

    private ZipArchive.Entry findPickle() {
        ZipArchive.@Nullable Entry found = null;
        for (ZipArchive.Entry entry : entries.values()) {
            if (entry.name().endsWith("/data.pkl")) {
                if (found != null) {
                    throw new CheckpointException(
                            file, "holds two pickles, " + found.name() + " and " + entry.name() + "; one was expected");
                }
                found = entry;
            }
        }
        if (found == null) {
            throw new CheckpointException(file, "is a zip archive without data.pkl: not written by torch.save");
        }
        if (found.bytes() > MAX_PICKLE_BYTES) {
            throw new CheckpointException(
                    file, found.name() + " has " + found.bytes() + " bytes, more than the allowed " + MAX_PICKLE_BYTES);
        }
        return found;
    }

    private Map<String, StoredTensor> tensors() {
        checkCrc(pickle);
        checkByteOrder();
        Object root = Unpickler.read(new ByteCursor(file, bytes, pickle.offset(), pickle.offset() + pickle.bytes()));
        if (!(root instanceof Dict dict)) {
            throw new CheckpointException(file, "its pickle is not a dict of tensors by name");
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Dict weights = weights(dict, 0);
        weights.items.forEach((name, value) -> {
            if (value instanceof Opaque) {
                return;
            }
            if (!(value instanceof View view)) {
                throw new CheckpointException(file, JsonObject.shorten(name) + " is not a tensor");
            }
            tensors.put(name, tensor(JsonObject.shorten(name), view));
        });
        if (tensors.isEmpty() && weights.items.containsValue(Opaque.TENSOR)) {
            throw new CheckpointException(
                    file, "holds tensors of 64-bit floats or of integers alone: save them as 32- or 16-bit floats");
        }
        return tensors;
    }

    /** The dict of tensors: the file's own, or the one that a training script has put beside its optimizer and single figures. */
    private static Dict weights(Dict dict, int depth) {
        @Nullable Dict inner = null;
        for (String key : WEIGHT_KEYS) {
            if (inner == null && dict.items.get(key) instanceof Dict named) {
                inner = named;
            }
        }
        if (inner == null || depth == MAX_DEPTH) {
            return dict;
        }
        Dict within = weights(inner, depth + 1);
        return views(dict) > 0 && views(dict) >= views(within) ? dict : within;
    }

    private static long views(Dict dict) {
        return dict.items.values().stream().filter(View.class::isInstance).count();
    }

    private StoredTensor tensor(String name, View view) {
        TensorType type = view.storage().type();
        MemorySegment storage = storage(name, view.storage());
        try {
            checkBounds(name, view);
        } catch (ArithmeticException e) {
            throw new CheckpointException(file, name + " has a size that no file can have", e);
        }
        return StoredTensor.view(file, name, type, view.shape(), view.strides(), storage, view.offset());
    }

    private MemorySegment storage(String name, Pickled.Storage storage) {
        String root = pickle.name().substring(0, pickle.name().length() - "data.pkl".length());
        ZipArchive.Entry entry = entries.get(root + "data/" + storage.key());
        if (entry == null) {
            throw new CheckpointException(
                    file,
                    name + " needs the storage '" + JsonObject.shorten(storage.key()) + "', which the archive lacks");
        }
        long itemBytes = storage.type().bytes();
        if (entry.bytes() % itemBytes != 0 || storage.elements() != entry.bytes() / itemBytes) {
            throw new CheckpointException(
                    file,
                    entry.name() + " has " + entry.bytes() + " bytes, but " + name + " expects " + storage.elements()
                            + " " + storage.type() + " elements there");
        }
        return bytes.asSlice(entry.offset(), entry.bytes());
    }

    private void checkBounds(String name, View view) {
        long available = view.storage().elements();
        long elements = 1;
        long last = view.offset();
        for (int i = 0; i < view.shape().length; i++) {
            long size = view.shape()[i];
            long stride = view.strides()[i];
            if (size < 1 || stride < 0 || view.offset() < 0 || (stride == 0 && size > 1)) {
                throw new CheckpointException(
                        file,
                        name + " has an impossible view of its storage: size " + size + ", stride " + stride
                                + ", offset " + view.offset());
            }
            elements = Math.multiplyExact(elements, size);
            last = Math.addExact(last, Math.multiplyExact(size - 1, stride));
        }
        if (elements > available || last < 0 || last >= available) {
            throw new CheckpointException(file, name + " reaches element " + last + " of a storage of " + available);
        }
    }

    private void checkCrc(ZipArchive.Entry entry) {
        CRC32 sum = new CRC32();
        // By way of an array: where the file has shrunk, a copy throws, but a checksum of a mapping ends the process.
        byte[] piece = new byte[(int) Math.min(entry.bytes(), PIECE_BYTES)];
        for (long at = 0; at < entry.bytes(); at += piece.length) {
            int length = (int) Math.min(piece.length, entry.bytes() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, entry.offset() + at, piece, 0, length);
            sum.update(piece, 0, length);
        }
        if ((int) sum.getValue() != entry.crc32()) {
            throw new CheckpointException(
                    file, ChecksumReader.crcMismatch(entry.name(), entry.crc32(), (int) sum.getValue()));
        }
    }

    private void checkByteOrder() {
        ZipArchive.Entry entry = entries.get(pickle.name().replace("data.pkl", "byteorder"));
        if (entry != null
                && !new ByteCursor(file, bytes, entry.offset(), entry.offset() + entry.bytes())
                        .utf8(entry.bytes(), 16, "byteorder")
                        .equals("little")) {
            throw new CheckpointException(file, "was written by a big-endian machine, which is not supported");
        }
    }
}
