package dev.altiplano.engine.tokenizer;

import java.util.List;
import java.util.SequencedMap;

/**
 * Turns text into token ids and back.
 *
 * <p>User text never becomes a control token: {@code <s>} in a prompt is four characters or so, not the beginning of a
 * sequence. Implementations are immutable and thread-safe; encoding takes time linear in the length of the text.
 */
public interface Tokenizer {

    /** The number of ids: valid ids are {@code 0} to {@code vocabularySize() - 1}, though not each may have a token. */
    int vocabularySize();

    /** Whether the vocabulary has a token of this id: models may have more embeddings than tokens, and vocabularies gaps. */
    boolean hasToken(int id);

    /** The id that begins a sequence, or -1 where the vocabulary has none. */
    int bos();

    /** The id that ends a sequence, or -1 where the vocabulary has none. */
    int eos();

    /** All tokens at which generation ends, {@link #eos()} first, each with what names it. */
    List<EndToken> ends();

    /** Whether generation ends at {@code id}: the end of a sequence, of a message or of a turn. */
    boolean isEnd(int id);

    /** The ids that stand in front of a prompt given as text: BOS for most models. */
    List<Integer> prefixIds();

    /** The ids that stand behind a prompt given as text: none for most models. */
    List<Integer> suffixIds();

    /** Whether a prompt given as text begins with {@link #bos()}. */
    default boolean addsBos() {
        return bos() >= 0 && prefixIds().contains(bos());
    }

    /** The control tokens by their spelling, in the order of the spellings. */
    SequencedMap<String, Integer> controlTokens();

    /**
     * The ids of {@code text}, without what stands around a prompt. No spelling of a control token becomes that token. A
     * lone surrogate is read as U+FFFD.
     */
    int[] encode(String text);

    /** As {@link #encode(String)}, but each spelling of a control token becomes that token. */
    int[] encodeParsed(String text);

    /**
     * The ids of the text that {@code parts} make up together: merging goes across their borders, and a spelling becomes a
     * control token where it lies in parts that allow that.
     */
    int[] encode(List<TextPart> parts);

    /** As {@link #encode(String)}, for text that goes on after other ids: nothing is put in front that marks a beginning. */
    int[] encodeContinuation(String text);

    /** The text of {@code ids}; bytes that are no UTF-8 give one U+FFFD each. Throws {@link IndexOutOfBoundsException} for an id outside the vocabulary. */
    String decode(int[] ids);

    /** The piece of one id as the vocabulary writes it, for people and for log probabilities ({@code <0x0A>}, {@code ▁the}). */
    String piece(int id);

    /** The bytes of text that one id stands for; none where it is a control token or has no token. */
    byte[] bytes(int id);

    /** A decoder for one stream of tokens, which holds incomplete UTF-8 back. */
    Detokenizer detokenizer();
}
