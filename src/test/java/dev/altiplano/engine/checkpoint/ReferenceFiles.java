package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/** The reference data, and a plain view of tensors to compare them by. */
public final class ReferenceFiles {

    public static final Path ROOT = Path.of("src/test/resources/reference");

    private ReferenceFiles() {}

    /** The cases of a manifest.json. */
    public static List<JsonObject> cases(String folder, String key) {
        JsonObject manifest = JsonReader.readFile(ROOT.resolve(folder).resolve("manifest.json"), 1 << 20);
        return manifest.list(key).stream().map(JsonObject.class::cast).toList();
    }

    /** The tensor's bytes, read in one go. */
    public static byte[] bytes(Tensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(tensor.byteSize());
            tensor.read(0, tensor.rows(), target, 0);
            return target.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** The elements of a tensor without quant blocks, widened to F32. */
    public static float[] widened(Tensor tensor) {
        MemorySegment stored = MemorySegment.ofArray(bytes(tensor));
        float[] values = new float[tensor.rows() * tensor.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.type()) {
                case F32 -> stored.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L);
                case F16 -> Float.float16ToFloat(stored.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L));
                case BF16 -> Float.intBitsToFloat(stored.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L) << 16);
                default -> throw new AssertionError(tensor.type());
            };
        }
        return values;
    }
}
