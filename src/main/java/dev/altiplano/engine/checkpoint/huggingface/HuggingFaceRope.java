package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a {@code config.json} says of RoPE, in all its spellings: {@code rope_scaling} with {@code type} or {@code rope_type}, and
 * {@code rope_parameters}, which holds the base too. A type or a key that is not known is refused by name.
 */
final class HuggingFaceRope {

    private static final String ORIGINAL = "original_max_position_embeddings";
    private static final String ATTENTION = "attention_factor";
    private static final double MIN_FACTOR = 1e-3;
    private static final double MAX_FACTOR = 1e6;
    private static final int MAX_CONTEXT = 1 << 30;

    private static final Set<String> KNOWN = Set.of(
            "type",
            "rope_type",
            "rope_theta",
            "partial_rotary_factor",
            "factor",
            ORIGINAL,
            ATTENTION,
            "beta_fast",
            "beta_slow",
            "mscale",
            "mscale_all_dim",
            "truncate",
            "low_freq_factor",
            "high_freq_factor",
            "short_factor",
            "long_factor",
            // No effect on the arithmetic.
            "finetuned");

    private final JsonObject config;
    private final JsonObject rope;
    private final int contextLength;

    private HuggingFaceRope(JsonObject config, JsonObject rope, int contextLength) {
        this.config = config;
        this.rope = rope;
        this.contextLength = contextLength;
    }

    /** The angles of a model; {@code contextLength} is its {@code max_position_embeddings}, {@code defaultBase} the base where none is stated. */
    static Rope read(JsonObject config, int headDim, int contextLength, double defaultBase) {
        String key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        JsonObject rope = config.has(key) ? config.object(key) : config;
        double base = rope.number("rope_theta", 1, 1e12, config.number("rope_theta", 1, 1e12, defaultBase));
        double part = rope.number("partial_rotary_factor", 0, 1, config.number("partial_rotary_factor", 0, 1, 1));
        int dimensions = (int) (headDim * part);
        try {
            RopeScaling scaling = rope == config
                    ? new RopeScaling.None()
                    : new HuggingFaceRope(config, rope, contextLength).scaling(key, dimensions / 2);
            return new Rope(base, dimensions, scaling);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(config.file(), String.valueOf(e.getMessage()), e);
        }
    }

    private RopeScaling scaling(String key, int pairs) {
        for (String name : rope.keys()) {
            if (rope.has(name) && !KNOWN.contains(name)) {
                throw new CheckpointException(
                        rope.file(),
                        key + " has the unknown key " + JsonObject.shorten(name)
                                + ", which may change the RoPE frequencies");
            }
        }
        String type = rope.has("rope_type") ? rope.text("rope_type") : rope.has("type") ? rope.text("type") : "";
        return switch (type) {
            case "" -> {
                if (rope.has("factor") && rope.number("factor", MIN_FACTOR, MAX_FACTOR) != 1) {
                    throw new CheckpointException(rope.file(), key + " has a factor, but no rope_type");
                }
                yield new RopeScaling.None();
            }
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(factor());
            case "dynamic" -> new RopeScaling.DynamicNtk(factor(), contextLength);
            case "yarn" -> yarn();
            case "llama3" ->
                new RopeScaling.Llama3(
                        factor(),
                        rope.number("low_freq_factor", MIN_FACTOR, MAX_FACTOR),
                        rope.number("high_freq_factor", MIN_FACTOR, MAX_FACTOR),
                        (int) rope.integer(ORIGINAL, 1, MAX_CONTEXT));
            case "longrope", "su" -> longRope(pairs);
            default ->
                throw new CheckpointException(
                        rope.file(),
                        key + " has the type \"" + JsonObject.shorten(type)
                                + "\"; known are default, linear, dynamic, yarn, llama3 and longrope");
        };
    }

    private double factor() {
        return rope.number("factor", MIN_FACTOR, MAX_FACTOR);
    }

    private int originalContext() {
        return (int) rope.integer(ORIGINAL, 1, MAX_CONTEXT, config.integer(ORIGINAL, 1, MAX_CONTEXT, contextLength));
    }

    private RopeScaling yarn() {
        int original = originalContext();
        double factor = rope.number("factor", MIN_FACTOR, MAX_FACTOR, (double) contextLength / original);
        double attention = RopeScaling.Yarn.attention(factor, 1);
        if (rope.has("mscale") && rope.has("mscale_all_dim")) {
            double upper = rope.number("mscale", 0, MAX_FACTOR);
            double lower = rope.number("mscale_all_dim", 0, MAX_FACTOR);
            if (upper != 0 && lower != 0) {
                attention = RopeScaling.Yarn.attention(factor, upper) / RopeScaling.Yarn.attention(factor, lower);
            }
        }
        return new RopeScaling.Yarn(
                factor,
                original,
                rope.number("beta_fast", MIN_FACTOR, MAX_FACTOR, 32),
                rope.number("beta_slow", MIN_FACTOR, MAX_FACTOR, 1),
                rope.flag("truncate", true),
                rope.number(ATTENTION, MIN_FACTOR, MAX_FACTOR, attention));
    }

    private RopeScaling longRope(int pairs) {
        int original = originalContext();
        double factor = rope.number("factor", MIN_FACTOR, MAX_FACTOR, (double) contextLength / original);
        double attention = factor <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(factor) / StrictMath.log(original));
        return new RopeScaling.LongRope(
                factors("short_factor", pairs),
                factors("long_factor", pairs),
                original,
                rope.number(ATTENTION, MIN_FACTOR, MAX_FACTOR, attention));
    }

    private List<Double> factors(String key, int pairs) {
        List<?> list = rope.list(key);
        if (list.size() != pairs) {
            throw new CheckpointException(
                    rope.file(),
                    key + " has " + list.size() + " factors, expected one for each of " + pairs + " pairs");
        }
        List<Double> factors = new ArrayList<>();
        for (Object each : list) {
            if (!(each instanceof Number number)) {
                throw new CheckpointException(
                        rope.file(), key + " holds " + JsonObject.describe(each) + ", expected numbers");
            }
            factors.add(number.doubleValue());
        }
        return factors;
    }
}
