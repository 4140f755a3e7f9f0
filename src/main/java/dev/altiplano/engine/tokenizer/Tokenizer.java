package dev.altiplano.engine.tokenizer;

/**
 * Turns text into token ids and back.
 *
 * <p>User text never becomes a control token: {@code <s>} in a prompt is four characters or so, not the beginning of a
 * sequence. Implementations are immutable and thread-safe; encoding takes time linear in the length of the text.
 */
public interface Tokenizer {

    /** The number of ids: valid ids are {@code 0} to {@code vocabularySize() - 1}. */
    int vocabularySize();

    /** The id that begins a sequence, or -1 where the vocabulary has none. */
    int bos();

    /** The id that ends a sequence, or -1 where the vocabulary has none. */
    int eos();

    /** Whether generation ends at {@code id}: the end of a sequence, of a message or of a turn. */
    boolean isEnd(int id);

    /** Whether a prompt given as text begins with {@link #bos()}. */
    boolean addsBos();

    /**
     * The ids of {@code text}, without beginning or end of sequence. A lone surrogate is read as U+FFFD.
     */
    int[] encode(String text);

    /** The ids of text that comes as bytes: those that are no UTF-8 are read as one U+FFFD each. */
    default int[] encodeUtf8(byte[] utf8) {
        return encode(Utf8Stream.decode(utf8));
    }

    /** The text of {@code ids}; bytes that are no UTF-8 give one U+FFFD each. Throws {@link IndexOutOfBoundsException} for an id outside the vocabulary. */
    String decode(int[] ids);

    /** The piece of one id as the vocabulary writes it, for people and for log probabilities ({@code <0x0A>}, {@code ▁the}). */
    String piece(int id);

    /** A decoder for one stream of tokens, which holds incomplete UTF-8 back. */
    Detokenizer detokenizer();
}
