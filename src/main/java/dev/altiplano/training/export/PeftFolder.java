package dev.altiplano.training.export;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TensorNames;
import dev.altiplano.engine.checkpoint.adapter.PeftReader;
import dev.altiplano.engine.checkpoint.huggingface.HeadOrder;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsWriter;
import dev.altiplano.engine.json.JsonText;
import dev.altiplano.training.model.LoraAdapter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** A LoRA adapter on its own, as PEFT saves it and {@link PeftReader} reads it: the settings and the matrices, in F32. */
public final class PeftFolder {

    private PeftFolder() {}

    /** Writes the adapter of a model of the shape {@code base} into {@code folder}. */
    public static void write(Path folder, Hyperparameters base, LoraAdapter adapter, double alpha) throws IOException {
        Files.createDirectories(folder);
        HeadOrder order = new HeadOrder(base.headDim(), base.rope().dimensions());
        int rank = adapter.rank();
        List<SafetensorsWriter.Entry> entries = new ArrayList<>();
        TreeSet<String> targets = new TreeSet<>();
        try (Arena arena = Arena.ofConfined()) {
            for (LoraAdapter.Pair pair : adapter.pairs()) {
                String gguf = Objects.requireNonNull(
                        TensorNames.META.toGguf(pair.part().name()));
                String weight = TensorNames.HUGGING_FACE.fromGguf(gguf);
                String module = weight.substring(0, weight.length() - ".weight".length());
                String target = module.substring(module.lastIndexOf('.') + 1);
                targets.add(target);
                int rows = pair.part().rows();
                int columns = pair.part().columns();
                MemorySegment up = slice(adapter, pair.up(), (long) rows * rank);
                boolean turned = target.equals("q_proj") || target.equals("k_proj");
                entries.add(new SafetensorsWriter.Entry(
                        "base_model.model." + module + ".lora_A.weight",
                        rank,
                        columns,
                        slice(adapter, pair.down(), (long) rank * columns)));
                entries.add(new SafetensorsWriter.Entry(
                        "base_model.model." + module + ".lora_B.weight",
                        rows,
                        rank,
                        turned ? turned(up, rows, rank, order, arena) : up));
            }
            SafetensorsWriter.write(folder.resolve(PeftReader.WEIGHTS), entries);
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", null);
        config.put("r", rank);
        config.put("lora_alpha", alpha);
        config.put("target_modules", List.copyOf(targets));
        MetaFolder.replace(
                folder.resolve(PeftReader.CONFIG), JsonText.of(config).getBytes(StandardCharsets.UTF_8));
    }

    /** The rows where Hugging Face stores them. */
    private static MemorySegment turned(MemorySegment official, int rows, int rank, HeadOrder order, Arena arena) {
        long rowBytes = (long) rank * Float.BYTES;
        MemorySegment stored = arena.allocate(rows * rowBytes, Float.BYTES);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(official, row * rowBytes, stored, order.stored(row) * rowBytes, rowBytes);
        }
        return stored;
    }

    private static MemorySegment slice(LoraAdapter adapter, long offset, long count) {
        return adapter.parameters().asSlice(offset * Float.BYTES, count * Float.BYTES);
    }
}
