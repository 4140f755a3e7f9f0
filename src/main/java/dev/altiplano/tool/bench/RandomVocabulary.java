package dev.altiplano.tool.bench;

import dev.altiplano.engine.checkpoint.TokenizerData;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A SentencePiece vocabulary for models that mean nothing: control pieces, all bytes, letters, and words of up to four letters. */
final class RandomVocabulary {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;
    private static final int BYTES = 3;
    private static final int FIRST_NORMAL = BYTES + 256;
    private static final String SPACE = "\u2581";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    private RandomVocabulary() {}

    /** A vocabulary of {@code size} pieces, at least 512. */
    static TokenizerData of(int size) {
        Set<String> pieces = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            pieces.add("<0x" + "0123456789ABCDEF".charAt(b >> 4) + "0123456789ABCDEF".charAt(b & 15) + ">");
        }
        pieces.add(SPACE);
        for (char c = '!'; c <= '~'; c++) {
            pieces.add(String.valueOf(c));
        }
        // Shorter ones first: a word is then merged from what is before it.
        List<String> words = List.of("");
        while (pieces.size() < size) {
            words = words.stream()
                    .flatMap(word -> LETTERS.chars().mapToObj(letter -> word + (char) letter))
                    .limit(size)
                    .toList();
            pieces.addAll(words);
            words.forEach(word -> pieces.add(SPACE + word));
        }
        List<String> all = pieces.stream().limit(size).toList();
        float[] scores = new float[size];
        int[] kinds = new int[size];
        for (int id = 0; id < size; id++) {
            kinds[id] = id == 0 ? UNKNOWN : id < BYTES ? CONTROL : id < FIRST_NORMAL ? BYTE : NORMAL;
            scores[id] = kinds[id] == NORMAL ? FIRST_NORMAL - id : 0;
        }
        return new TokenizerData.Pieces(all, scores, kinds, 1, 2, 0, true, true);
    }
}
