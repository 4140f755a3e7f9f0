package dev.altiplano.evaluation.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A LLaMA in double precision, computed position by position and as plainly as possible: what measured perplexities are
 * compared with. Shares no code with the engine. Reads a small Hugging Face folder with F16 weights and as many KV heads as
 * heads.
 */
final class Float64Llama {

    private final JsonNode config;
    private final Map<String, double[]> weights = new HashMap<>();
    private final int hidden;
    private final int heads;

    Float64Llama(Path folder) throws IOException {
        config = JsonMapper.shared().readTree(folder.resolve("config.json").toFile());
        hidden = config.get("hidden_size").asInt();
        heads = config.get("num_attention_heads").asInt();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[Math.toIntExact(file.getLong())];
        file.get(header);
        int data = file.position();
        JsonNode tensors = JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8));
        for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
            JsonNode offsets = tensor.getValue().path("data_offsets");
            if (offsets.isArray()) {
                double[] values =
                        new double[(offsets.get(1).asInt() - offsets.get(0).asInt()) / Short.BYTES];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(
                            file.getShort(data + offsets.get(0).asInt() + Short.BYTES * i));
                }
                weights.put(tensor.getKey(), values);
            }
        }
    }

    /** The natural logarithms of the probabilities of {@code ids} from {@code from} on, each behind those before it. */
    double[] logprobs(int[] ids, int from) {
        int layers = config.get("num_hidden_layers").asInt();
        List<List<double[]>> keys = new ArrayList<>();
        List<List<double[]>> values = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
        double[] logprobs = new double[ids.length - from];
        for (int position = 0; position < ids.length - 1; position++) {
            double[] x = row("model.embed_tokens.weight", ids[position]);
            for (int layer = 0; layer < layers; layer++) {
                String name = "model.layers." + layer + ".";
                double[] in = normalized(x, name + "input_layernorm.weight");
                keys.get(layer).add(rotated(product(name + "self_attn.k_proj.weight", in), position));
                values.get(layer).add(product(name + "self_attn.v_proj.weight", in));
                double[] query = rotated(product(name + "self_attn.q_proj.weight", in), position);
                double[] mixed = attention(query, keys.get(layer), values.get(layer));
                add(x, product(name + "self_attn.o_proj.weight", mixed));
                add(x, feedForward(normalized(x, name + "post_attention_layernorm.weight"), name + "mlp."));
            }
            if (position + 1 >= from) {
                double[] logits = product("lm_head.weight", normalized(x, "model.norm.weight"));
                logprobs[position + 1 - from] = logits[ids[position + 1]] - logSumOfExp(logits);
            }
        }
        return logprobs;
    }

    private double[] row(String name, int index) {
        double[] row = new double[hidden];
        System.arraycopy(weights.get(name), index * hidden, row, 0, hidden);
        return row;
    }

    private double[] product(String name, double[] in) {
        double[] matrix = weights.get(name);
        double[] out = new double[matrix.length / in.length];
        for (int i = 0; i < matrix.length; i++) {
            out[i / in.length] += matrix[i] * in[i % in.length];
        }
        return out;
    }

    private double[] normalized(double[] x, String name) {
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double scale =
                1 / Math.sqrt(squares / x.length + config.get("rms_norm_eps").asDouble());
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * scale * weights.get(name)[i];
        }
        return out;
    }

    /** The halves of each head turned against each other, as Hugging Face's folders have them. */
    private double[] rotated(double[] x, int position) {
        int size = hidden / heads;
        double[] out = new double[x.length];
        for (int head = 0; head < x.length; head += size) {
            for (int i = 0; i < size / 2; i++) {
                double angle = position / Math.pow(config.get("rope_theta").asDouble(), 2.0 * i / size);
                double first = x[head + i];
                double second = x[head + i + size / 2];
                out[head + i] = first * Math.cos(angle) - second * Math.sin(angle);
                out[head + i + size / 2] = second * Math.cos(angle) + first * Math.sin(angle);
            }
        }
        return out;
    }

    private double[] attention(double[] query, List<double[]> keys, List<double[]> values) {
        int size = hidden / heads;
        double[] out = new double[hidden];
        for (int head = 0; head < hidden; head += size) {
            double[] scores = new double[keys.size()];
            for (int at = 0; at < scores.length; at++) {
                for (int i = head; i < head + size; i++) {
                    scores[at] += query[i] * keys.get(at)[i];
                }
                scores[at] /= Math.sqrt(size);
            }
            double all = logSumOfExp(scores);
            for (int at = 0; at < scores.length; at++) {
                for (int i = head; i < head + size; i++) {
                    out[i] += Math.exp(scores[at] - all) * values.get(at)[i];
                }
            }
        }
        return out;
    }

    private double[] feedForward(double[] in, String name) {
        double[] gate = product(name + "gate_proj.weight", in);
        double[] up = product(name + "up_proj.weight", in);
        for (int i = 0; i < gate.length; i++) {
            gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        return product(name + "down_proj.weight", gate);
    }

    private static void add(double[] x, double[] more) {
        for (int i = 0; i < x.length; i++) {
            x[i] += more[i];
        }
    }

    private static double logSumOfExp(double[] values) {
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            most = Math.max(most, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - most);
        }
        return most + Math.log(sum);
    }
}
