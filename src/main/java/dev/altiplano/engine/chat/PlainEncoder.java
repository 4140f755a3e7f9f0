package dev.altiplano.engine.chat;

/** What encodes text without reading control tokens in it: a tokenizer, seen from here. */
@FunctionalInterface
public interface PlainEncoder {

    /**
     * The ids of {@code text}.
     *
     * @param first whether it begins the prompt; otherwise it follows a control token. SentencePiece vocabularies that put a
     *     space in front of a text do so in both places (llama.cpp, and Hugging Face's normalizer {@code Prepend}), those with
     *     {@code prepend_scheme: first} at the beginning alone
     */
    int[] encode(String text, boolean first);
}
