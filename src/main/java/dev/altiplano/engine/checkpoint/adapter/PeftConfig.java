package dev.altiplano.engine.checkpoint.adapter;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What PEFT's {@code adapter_config.json} says of a LoRA adapter. What changes the arithmetic beyond {@code scale · B · A} is
 * refused by name.
 */
final class PeftConfig {

    /** Projections that adapters may change. */
    private static final Set<String> TARGETS =
            Set.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    /** Keys that ask for another method where they are true. */
    private static final List<String> FLAGS =
            List.of("use_dora", "fan_in_fan_out", "lora_bias", "use_qalora", "use_bdlora");

    /** Keys that ask for more than low-rank matrices where they hold something. */
    private static final List<String> EXTRAS = List.of(
            "modules_to_save",
            "layer_replication",
            "trainable_token_indices",
            "target_parameters",
            "arrow_config",
            "alora_invocation_tokens");

    /** Beginnings that change the weights of the base, so that the adapter fits no other. */
    private static final Pattern CHANGED_BASE = Pattern.compile("(?i)(pissa|olora|corda|loftq|lora_ga).*");

    private final JsonObject json;

    PeftConfig(JsonObject json) {
        this.json = json;
        String type = json.text("peft_type");
        if (!type.equals("LORA")) {
            throw refused("peft_type \"" + JsonObject.shorten(type) + "\"; only \"LORA\" is read");
        }
        for (String flag : FLAGS) {
            if (json.flag(flag, false)) {
                throw refused(flag + ", which is not computed");
            }
        }
        if (json.has("bias") && !json.text("bias").equals("none")) {
            throw refused("bias \"" + JsonObject.shorten(json.text("bias")) + "\"; biases are not adapted");
        }
        for (String extra : EXTRAS) {
            if (json.has(extra) && !isEmpty(json.value(extra))) {
                throw refused(extra + " " + describe(json.value(extra))
                        + ", which is not supported: merge the adapter with its own tools");
            }
        }
        if (json.has("init_lora_weights")
                && json.value("init_lora_weights") instanceof String beginning
                && CHANGED_BASE.matcher(beginning).matches()) {
            throw refused("init_lora_weights \"" + JsonObject.shorten(beginning)
                    + "\", which changes the base model: convert it to a plain LoRA adapter");
        }
        checkTargets();
    }

    private void checkTargets() {
        if (json.has("target_modules") && json.value("target_modules") instanceof List<?> modules) {
            for (Object module : modules) {
                String name = module instanceof String text ? text.substring(text.lastIndexOf('.') + 1) : "";
                if (!TARGETS.contains(name)) {
                    throw refused("target_modules " + JsonObject.describe(module) + "; those that can be adapted are "
                            + String.join(", ", TARGETS.stream().sorted().toList()));
                }
            }
        }
    }

    private CheckpointException refused(String what) {
        return new CheckpointException(json.file(), "has " + what);
    }

    private static boolean fits(String pattern, String module) {
        return module.endsWith("." + pattern)
                || module.equals(pattern.startsWith("^") ? pattern.substring(1) : pattern);
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.isEmpty()
                : value instanceof JsonObject object && object.keys().isEmpty() || Boolean.FALSE.equals(value);
    }

    private static String describe(@Nullable Object value) {
        return value instanceof List<?> list && !list.isEmpty()
                ? JsonObject.describe(list.getFirst())
                : String.valueOf(value == null ? "" : JsonObject.describe(value));
    }

    /** What multiplies B · A of a module such as {@code model.layers.0.self_attn.q_proj}; of several patterns the first that fits counts. */
    float scale(String module, int rank) {
        double alpha = json.number("lora_alpha", -1e9, 1e9, 8);
        if (json.has("alpha_pattern")) {
            JsonObject patterns = json.object("alpha_pattern");
            for (String pattern : patterns.keys()) {
                if (fits(pattern, module)) {
                    alpha = patterns.number(pattern, -1e9, 1e9);
                    break;
                }
                if (!pattern.matches("\\^?[A-Za-z0-9_.]+")) {
                    throw refused("the alpha_pattern \"" + JsonObject.shorten(pattern)
                            + "\"; names of modules are read, expressions are not");
                }
            }
        }
        return (float) (alpha / (json.flag("use_rslora", false) ? Math.sqrt(rank) : rank));
    }
}
