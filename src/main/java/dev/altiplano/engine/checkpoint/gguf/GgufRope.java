package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a GGUF file says of RoPE: the keys of {@code rope.scaling}, the older {@code rope.scale_linear}, and the tensors that hold
 * a divisor for each frequency.
 */
final class GgufRope {

    /** Divisors of all contexts. */
    static final String FREQUENCIES = "rope_freqs.weight";

    /** Divisors of contexts longer than the original one. */
    static final String LONG = "rope_factors_long.weight";

    /** Divisors of contexts up to the original one. */
    static final String SHORT = "rope_factors_short.weight";

    private static final double MIN_FACTOR = 1e-3;
    private static final double MAX_FACTOR = 1e6;

    private final GgufMetadata keys;
    private final String prefix;
    private final Map<String, StoredTensor> tensors;
    private final int dimensions;

    private GgufRope(GgufMetadata keys, String architecture, Map<String, StoredTensor> tensors, int dimensions) {
        this.keys = keys;
        this.prefix = architecture + ".rope.";
        this.tensors = tensors;
        this.dimensions = dimensions;
    }

    /**
     * The angles of a model.
     *
     * @param architecture what its keys begin with
     * @param tensors the file's, by name
     */
    static Rope read(GgufMetadata keys, String architecture, Map<String, StoredTensor> tensors, int headDim) {
        int dimensions = (int) keys.integer(architecture + ".rope.dimension_count", 2, headDim, headDim);
        double base = keys.number(architecture + ".rope.freq_base", 1, 1e12, 10000);
        try {
            return new Rope(base, dimensions, new GgufRope(keys, architecture, tensors, dimensions).scaling());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(keys.file(), String.valueOf(e.getMessage()), e);
        }
    }

    private RopeScaling scaling() {
        double factor = keys.number(
                prefix + "scaling.factor",
                MIN_FACTOR,
                MAX_FACTOR,
                keys.number(prefix + "scale_linear", MIN_FACTOR, MAX_FACTOR, 1));
        String typeKey = prefix + "scaling.type";
        String type = keys.has(typeKey) ? keys.text(typeKey) : "linear";
        double attention = keys.number(prefix + "scaling.attn_factor", MIN_FACTOR, MAX_FACTOR, 1)
                * keys.number(prefix + "scaling.yarn_attn_factor", MIN_FACTOR, MAX_FACTOR, 1);
        neutral("scaling.yarn_log_multiplier", 0);
        neutral("scaling.alpha", 0);
        neutral("scaling.yarn_ext_factor", type.equals("yarn") ? 1 : 0);
        RopeScaling scaling = switch (type) {
            case "none" -> new RopeScaling.None();
            case "linear" -> factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
            case "yarn" ->
                new RopeScaling.Yarn(
                        factor,
                        originalContext(),
                        keys.number(prefix + "scaling.yarn_beta_fast", MIN_FACTOR, MAX_FACTOR, 32),
                        keys.number(prefix + "scaling.yarn_beta_slow", MIN_FACTOR, MAX_FACTOR, 1),
                        true,
                        attention * RopeScaling.Yarn.attention(factor, 1));
            case "longrope" -> new RopeScaling.LongRope(factors(SHORT), factors(LONG), originalContext(), attention);
            default ->
                throw new CheckpointException(
                        keys.file(),
                        typeKey + " is \"" + JsonObject.shorten(type)
                                + "\"; known are none, linear, yarn and longrope");
        };
        if (!type.equals("longrope")) {
            refuse(SHORT, typeKey);
            refuse(LONG, typeKey);
        }
        if (attention != 1 && !type.equals("yarn") && !type.equals("longrope")) {
            scaling = new RopeScaling.Amplified(scaling, attention);
        }
        return tensors.containsKey(FREQUENCIES) ? new RopeScaling.Divided(scaling, factors(FREQUENCIES)) : scaling;
    }

    private int originalContext() {
        String context = prefix.substring(0, prefix.length() - "rope.".length()) + "context_length";
        return (int)
                keys.integer(prefix + "scaling.original_context_length", 1, 1 << 30, keys.integer(context, 1, 1 << 30));
    }

    private List<Double> factors(String name) {
        @Nullable StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(keys.file(), "lacks the tensor " + name + ", which longrope needs");
        }
        return tensor.numbers(dimensions / 2);
    }

    private void refuse(String tensor, String typeKey) {
        if (tensors.containsKey(tensor)) {
            throw new CheckpointException(
                    keys.file(), "has the tensor " + tensor + ", but " + typeKey + " is not \"longrope\"");
        }
    }

    /** Refuses a key that would change the arithmetic; negative values stand for the default. */
    private void neutral(String key, double value) {
        double stated = keys.number(prefix + key, -MAX_FACTOR, MAX_FACTOR, value);
        if (stated != value && stated >= 0) {
            throw new CheckpointException(
                    keys.file(), prefix + key + " is " + stated + ", which is not supported; known is " + value);
        }
    }
}
