package dev.altiplano.engine.tokenizer.vocabulary;

import java.util.Set;

/** Names of tokens that end a text, a message or a turn wherever they occur, whether or not a file says so. */
public final class KnownEnds {

    private static final Set<String> NAMES = Set.of(
            "</s>",
            "<|im_end|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|eot|>",
            "<|eom|>",
            "<|end|>",
            "<|end_of_turn|>",
            "<end_of_turn>",
            "<|end_of_text|>",
            "<|endoftext|>",
            "<|eos|>",
            "<EOS>",
            "<EOT>",
            "_<EOT>",
            "\u2581<EOT>",
            "<end_of_utterance>",
            "<|return|>",
            "<|call|>",
            "<|END_OF_TURN_TOKEN|>",
            "<\uFF5Cend\u2581of\u2581sentence\uFF5C>");

    private KnownEnds() {}

    public static boolean contains(String token) {
        return NAMES.contains(token);
    }
}
