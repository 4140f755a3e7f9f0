package dev.altiplano.training.export;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.torch.PthWriter;
import dev.altiplano.training.model.LoraAdapter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * A LoRA adapter on its own: {@code adapter.pth} with {@code <matrix>.lora_a} [rank, columns] and {@code <matrix>.lora_b} [rows,
 * rank] in F32, and {@code adapter.json} with rank and alpha.
 */
public final class AdapterFile {

    private AdapterFile() {}

    /** Writes both files into {@code folder}. */
    public static void write(Path folder, LoraAdapter adapter, double alpha) throws IOException {
        ArrayList<PthWriter.Entry> entries = new ArrayList<>();
        int rank = adapter.rank();
        for (LoraAdapter.Pair pair : adapter.pairs()) {
            String name = pair.part().name().substring(0, pair.part().name().length() - ".weight".length());
            int rows = pair.part().rows();
            int columns = pair.part().columns();
            entries.add(new PthWriter.Entry(
                    name + ".lora_a",
                    new int[] {rank, columns},
                    TensorType.F32,
                    slice(adapter, pair.down(), (long) rank * columns)));
            entries.add(new PthWriter.Entry(
                    name + ".lora_b",
                    new int[] {rows, rank},
                    TensorType.F32,
                    slice(adapter, pair.up(), (long) rows * rank)));
        }
        PthWriter.write(folder.resolve("adapter.pth"), entries);
        Files.writeString(folder.resolve("adapter.json"), "{\"rank\": " + rank + ", \"alpha\": " + alpha + "}\n");
    }

    private static MemorySegment slice(LoraAdapter adapter, long offset, long count) {
        return adapter.parameters().asSlice(offset * Float.BYTES, count * Float.BYTES);
    }
}
