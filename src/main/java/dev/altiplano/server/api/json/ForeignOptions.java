package dev.altiplano.server.api.json;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Options of other servers (llama.cpp, text-generation-webui, SGLang, gateways) that clients send whoever answers, because they
 * send all that they have. Each is accepted with the values that ask for what happens anyway, and refused by its name with others.
 */
final class ForeignOptions {

    /** Options with the values that ask for nothing; {@link #ANY} stands for all values. */
    private static final Map<String, Set<Object>> NEUTRAL = new HashMap<>();

    /** Of options that say more of another one, which is off, or of how to compute the same answer. */
    private static final Object ANY = new Object();

    /** False, 0, an empty string, list or object. */
    private static final Object NOTHING = new Object();

    static {
        all(
                ANY,
                "cache_prompt repeat_last_n repetition_penalty_range rep_pen_range dry_base dry_allowed_length dry_penalty_last_n",
                "dry_sequence_breakers xtc_threshold mirostat_tau mirostat_eta dynatemp_exponent smoothing_curve n_keep",
                "no_stop_trim rid");
        all(
                NOTHING,
                "mirostat mirostat_mode dynatemp_range dynamic_temperature xtc_probability dry_multiplier smoothing_factor top_a",
                "penalty_alpha no_repeat_ngram_size epsilon_cutoff eta_cutoff min_length early_stopping ban_eos_token grammar",
                "grammar_string json_schema negative_prompt custom_token_bans banned_tokens banned_strings n_probs n_discard",
                "penalize_nl timings_per_token return_progress post_sampling_probs response_fields thinking_forced_open",
                "guided_whitespace_pattern guided_decoding_disable_fallback guided_decoding_disable_any_whitespace",
                "guided_decoding_disable_additional_properties lora lora_path regex ebnf structural_tag stop_regex",
                "safe_prompt include_reasoning reasoning transforms models provider plugins route extra_body stream_reasoning",
                "separate_reasoning thinking truncation return_hidden_states samplers sampler_priority temperature_last");
        all(
                1.0,
                "repeat_penalty rep_pen typical_p typical tfs tfs_z encoder_repetition_penalty guidance_scale num_beams");
        all(0.0, "typical_p typical top_n_sigma nsigma");
        all(-1.0, "top_n_sigma nsigma n_predict id_slot slot_id t_max_predict_ms thinking_token_budget");
        all(
                true,
                "do_sample add_bos_token include_reasoning parse_tool_calls detokenize normalize normalize_embeddings");
        all("none", "reasoning_format");
        all("auto", "reasoning_format");
        all("disabled", "truncation");
    }

    private ForeignOptions() {}

    private static void all(Object value, String... names) {
        for (String line : names) {
            for (String name : line.split(" ")) {
                NEUTRAL.computeIfAbsent(name, _ -> new HashSet<>()).add(value);
            }
        }
    }

    /**
     * Passes over the value of a field that no record has, the parser's current one, where it asks for nothing. The parser then
     * stands at its end.
     *
     * @return whether other servers know the field
     * @throws WrongValueException where they do, and its value asks for something
     */
    static boolean pass(String name, JsonParser parser) {
        Set<Object> neutral = NEUTRAL.get(name);
        if (neutral == null) {
            return false;
        }
        if (!neutral.contains(ANY)
                && !neutral.contains(scalar(parser))
                && !(neutral.contains(NOTHING) && isNothing(parser))) {
            throw WrongValueException.unsupported(parser);
        }
        parser.skipChildren();
        return true;
    }

    private static @Nullable Object scalar(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_STRING -> parser.getString();
            default -> null;
        };
    }

    /** Whether the current value asks for nothing; an array or object that does has then been read. */
    static boolean isNothing(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_FALSE -> true;
            case VALUE_STRING -> parser.getStringLength() == 0;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue() == 0;
            case START_ARRAY -> parser.nextToken() == JsonToken.END_ARRAY;
            case START_OBJECT -> parser.nextToken() == JsonToken.END_OBJECT;
            default -> false;
        };
    }
}
