package dev.altiplano.engine;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.run.Engines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Times what adapters cost: steps of eight sequences, each with an adapter of its own, beside steps of eight without, in turns.
 *
 * <pre>java -cp … dev.altiplano.engine.AdapterBenchmark MODEL [ROUNDS [RANK [MODULE,…]]]</pre>
 */
final class AdapterBenchmark {

    private static final int SEQUENCES = 8;
    private static final int TOKENS = 100;

    private AdapterBenchmark() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path model = Path.of(arguments[0]);
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        int rank = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 16;
        String modules =
                arguments.length > 3 ? arguments[3] : "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj";
        Path folder = Files.createTempDirectory("altiplano-adapters");
        Map<String, Path> adapters = new LinkedHashMap<>();
        WholeSteps steps = new WholeSteps(SEQUENCES);
        double[] ratios = new double[rounds];
        try {
            for (int i = 0; i < SEQUENCES; i++) {
                Path adapter = Files.createDirectory(folder.resolve("adapter-" + i));
                adapters.put(adapter.getFileName().toString(), adapter);
                write(shape(model), rank, modules.split(","), i, adapter);
            }
            EngineOptions options = EngineOptions.of(model, "benchmark").with(new Decoding(false, false));
            options = options.with(options.model().withAdapters(adapters));
            try (Engine engine = Engines.open(options, (phase, done, total) -> {}, steps)) {
                System.out.println(engine.card().backend() + ", rank " + rank + " of " + modules);
                for (int round = -1; round < rounds; round++) {
                    double without = run(engine, steps, List.of(), round);
                    double with = run(engine, steps, List.copyOf(adapters.keySet()), round);
                    if (round >= 0) {
                        ratios[round] = with / without;
                        System.out.printf(
                                Locale.ROOT,
                                "without %.2f ms, eight adapters %.2f ms a step, %+.1f %%%n",
                                without,
                                with,
                                100 * (ratios[round] - 1));
                    }
                }
            }
        } finally {
            for (Path adapter : adapters.values()) {
                Files.deleteIfExists(adapter.resolve("adapter_config.json"));
                Files.deleteIfExists(adapter.resolve("adapter_model.safetensors"));
                Files.delete(adapter);
            }
            Files.delete(folder);
        }
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "median %+.1f %%%n", 100 * (ratios[rounds / 2] - 1));
    }

    private static Hyperparameters shape(Path model) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            return checkpoint.hyperparameters();
        }
    }

    private static double run(Engine engine, WholeSteps steps, List<String> adapters, int round)
            throws InterruptedException {
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            all.add(engine.submit(Requests.ids(1, 300 + i, 400 + round)
                    .maxTokens(TOKENS)
                    .ignoreEos()
                    .adapter(adapters.isEmpty() ? null : adapters.get(i))
                    .build()));
        }
        all.forEach(Completed::of);
        return steps.medianMs();
    }

    /** An adapter in PEFT's form, small random numbers in F16. */
    private static void write(Hyperparameters h, int rank, String[] modules, int seed, Path folder) throws IOException {
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": " + rank + ", \"lora_alpha\": " + rank + ", \"target_modules\": [\""
                        + String.join("\", \"", modules) + "\"]}");
        StringBuilder header = new StringBuilder("{");
        long bytes = 0;
        for (int layer = 0; layer < h.layers(); layer++) {
            for (String module : modules) {
                String name =
                        "base_model.model.model.layers." + layer + (attends(module) ? ".self_attn." : ".mlp.") + module;
                bytes = entry(header, name + ".lora_A.weight", rank, inputs(h, module), bytes);
                bytes = entry(header, name + ".lora_B.weight", outputs(h, module), rank, bytes);
            }
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(seed);
        try (OutputStream out = Files.newOutputStream(folder.resolve("adapter_model.safetensors"))) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            byte[] numbers = new byte[1 << 16];
            for (long left = bytes; left > 0; left -= numbers.length) {
                random.nextBytes(numbers);
                for (int i = 1; i < numbers.length; i += 2) {
                    // The exponent of numbers from 2 to the -8 to 2 to the -7, and any sign.
                    numbers[i] = (byte) (numbers[i] & 0x83 | 0x1c);
                }
                out.write(numbers, 0, (int) Math.min(numbers.length, left));
            }
        }
    }

    private static boolean attends(String module) {
        return "q_proj,k_proj,v_proj,o_proj".contains(module);
    }

    private static long entry(StringBuilder header, String name, int rows, int columns, long from) {
        long to = from + 2L * rows * columns;
        header.append(header.length() > 1 ? "," : "")
                .append("\"" + name + "\":{\"dtype\":\"F16\",\"shape\":[" + rows + "," + columns
                        + "],\"data_offsets\":[" + from + "," + to + "]}");
        return to;
    }

    private static int inputs(Hyperparameters h, String module) {
        return switch (module) {
            case "o_proj" -> h.attentionSize();
            case "down_proj" -> h.intermediateSize();
            default -> h.hiddenSize();
        };
    }

    private static int outputs(Hyperparameters h, String module) {
        return switch (module) {
            case "q_proj" -> h.attentionSize();
            case "k_proj", "v_proj" -> h.kvHeads() * h.headDim();
            case "gate_proj", "up_proj" -> h.intermediateSize();
            default -> h.hiddenSize();
        };
    }
}
