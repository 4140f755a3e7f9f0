package dev.altiplano.tool.convert;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which type each tensor of a model gets when the model is to be of one type, as is common practice since llama.cpp began it:
 * <ul>
 *   <li>vectors stay F32, and so does the small matrix that chooses a token's experts;
 *   <li>the output matrix, which decides every token, gets Q6_K instead of anything smaller;
 *   <li>with Q4_K and Q5_K the value and down projections of the first and last eighth of the layers, and of every third one
 *       between, get Q6_K as well (together this is what others call Q4_K_M and Q5_K_M);
 *   <li>a row that is no whole number of quant blocks of 256 gets Q8_0, and F16 where 32 does not divide it either.
 * </ul>
 *
 * @param type what most matrices get
 * @param layers layers of the model
 * @param pure whether all matrices get the same type, as far as their rows allow
 */
public record TensorTypes(WeightFormat type, int layers, boolean pure) {

    /** Types that weights can be rounded to. */
    private static final String NAMES = "f32, f16, bf16, q8_0, q6_k, q5_k, q4_k, q4_0";

    /** The type of a tensor. */
    public TensorType of(String name, int rows, int columns) {
        return TensorType.valueOf((rows == 1 ? WeightFormat.F32 : wanted(name).fitting(columns)).name());
    }

    /** Whether the tensor's rows keep it from getting the type that it should have. */
    boolean fallsBack(String name, int rows, int columns) {
        return rows > 1 && !wanted(name).fits(columns);
    }

    private WeightFormat wanted(String name) {
        if (name.endsWith(".ffn_gate_inp.weight")) {
            return WeightFormat.F32;
        }
        boolean larger = switch (type) {
            case Q4_0 -> name.equals("output.weight");
            case Q4_K, Q5_K ->
                name.equals("output.weight")
                        || (name.endsWith(".attn_v.weight") || name.endsWith(".ffn_down.weight"))
                                && isSensitive(layer(name));
            default -> false;
        };
        return larger && !pure ? WeightFormat.Q6_K : type;
    }

    private boolean isSensitive(int layer) {
        int eighth = layers / 8;
        return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
    }

    private static int layer(String name) {
        return Integer.parseInt(name.split("\\.", 3)[1]);
    }

    /** The type called {@code name}, in any case; throws {@link IllegalArgumentException} naming all. */
    public static WeightFormat type(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (Stream.of(NAMES.split(", ")).noneMatch(lower::equals)) {
            throw new IllegalArgumentException("\"" + name + "\" is none of " + NAMES);
        }
        return WeightFormat.valueOf(name.toUpperCase(Locale.ROOT));
    }
}
