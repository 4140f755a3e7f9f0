package dev.altiplano.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reference data: checkpoints and what PyTorch computes from them. */
public final class Reference {

    public static final Path FOLDER = Path.of("src/test/resources/reference");
    private static final JsonNode EXPECTED = read(FOLDER.resolve("expected.json"));

    private Reference() {}

    /** One prompt of a model and all that is known of it. */
    record Case(
            String model,
            String name,
            int[] ids,
            double[] echoLogprobs,
            int[] greedy,
            double[] greedyLogprobs,
            int[] logitPositions,
            float[][] logits) {
        @Override
        public String toString() {
            return model + " " + name;
        }
    }

    public static JsonNode read(Path file) {
        return JsonMapper.shared().readTree(file.toFile());
    }

    static List<Case> cases(String model) {
        List<Case> cases = new ArrayList<>();
        for (JsonNode prompt : EXPECTED.get("models").get(model).get("prompts")) {
            JsonNode greedy = prompt.get("greedy");
            cases.add(new Case(
                    model,
                    prompt.get("name").asString(),
                    ints(prompt.get("ids")),
                    doubles(prompt.get("echo_logprobs")),
                    greedy == null ? new int[0] : ints(greedy.get("ids")),
                    greedy == null ? new double[0] : doubles(greedy.get("logprobs")),
                    ints(prompt.get("logits_all").get("positions")),
                    logits(prompt.get("logits_all"))));
        }
        return cases;
    }

    static List<String> files(String model) {
        List<String> files = new ArrayList<>();
        EXPECTED.get("models").get(model).get("files").forEach(file -> files.add(file.asString()));
        return files;
    }

    public static JsonNode expected() {
        return EXPECTED;
    }

    private static float[][] logits(JsonNode where) {
        int positions = where.get("positions").size();
        int row = where.get("row").asInt();
        try {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("expected_logits.bin")))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(where.get("offset").asInt());
            float[][] logits = new float[positions][row];
            for (float[] each : logits) {
                for (int i = 0; i < row; i++) {
                    each[i] = all.getFloat();
                }
            }
            return logits;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).isNull() ? Double.NaN : array.get(i).asDouble();
        }
        return values;
    }
}
