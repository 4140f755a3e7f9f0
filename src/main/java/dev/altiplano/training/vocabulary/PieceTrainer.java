package dev.altiplano.training.vocabulary;

import dev.altiplano.training.TrainingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Byte pair encoding (Gage 1994; Sennrich, Haddow and Birch 2016): the most frequent pair of neighbouring pieces becomes a
 * piece, again and again. Pairs of equal frequency are taken in alphabetical order, so the result depends on the counts alone.
 */
public final class PieceTrainer {

    private static final int MAX_PIECE_LENGTH = 16;

    /** A unit as a list of pieces. */
    private static final class Word {
        final ArrayList<String> pieces = new ArrayList<>();
        final long count;

        Word(String unit, long count) {
            this.count = count;
            unit.codePoints().forEach(c -> pieces.add(Character.toString(c)));
        }
    }

    private record Pair(String left, String right) {
        String joined() {
            return left + right;
        }
    }

    /** A pair as it stood when it was queued; stale where the count has changed since. */
    private record Candidate(Pair pair, long count) {}

    private final List<Word> words = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, LinkedHashSet<Word>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparing(candidate -> candidate.pair().left())
            .thenComparing(candidate -> candidate.pair().right()));

    private PieceTrainer() {}

    /**
     * The normal pieces of a vocabulary, best first: what was joined, then single characters by frequency.
     *
     * @param pieces how many are wanted, characters included
     */
    public static List<String> train(WordCounts text, int pieces) {
        if (text.counts().isEmpty()) {
            throw new TrainingException("the text for the tokenizer is empty");
        }
        PieceTrainer trainer = new PieceTrainer();
        Map<String, Long> characters = new TreeMap<>();
        new TreeMap<>(text.counts()).forEach((unit, count) -> {
            Word word = new Word(unit, count);
            trainer.words.add(word);
            word.pieces.forEach(piece -> characters.merge(piece, count, Long::sum));
        });
        List<String> alphabet = new ArrayList<>(characters.keySet());
        alphabet.sort(Comparator.comparing((String c) -> characters.get(c)).reversed());
        if (alphabet.size() > pieces) {
            alphabet = alphabet.subList(0, pieces);
        }
        LinkedHashSet<String> result = trainer.join(pieces - alphabet.size());
        result.addAll(alphabet);
        if (result.size() < pieces) {
            throw new TrainingException("the text has " + result.size() + " different pieces where " + pieces
                    + " are wanted: choose a vocabulary of at most " + (result.size() + 259) / 16 * 16
                    + ", or give more text");
        }
        return List.copyOf(result);
    }

    private LinkedHashSet<String> join(int wanted) {
        for (Word word : words) {
            count(word, word.count);
        }
        counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
        LinkedHashSet<String> joined = new LinkedHashSet<>();
        while (joined.size() < wanted) {
            Candidate best = queue.poll();
            if (best == null) {
                return joined;
            }
            long count = counts.getOrDefault(best.pair(), 0L);
            if (count != best.count()) {
                if (count > 0) {
                    queue.add(new Candidate(best.pair(), count));
                }
                continue;
            }
            if (count == 0 || best.pair().joined().length() > MAX_PIECE_LENGTH) {
                continue;
            }
            joined.add(best.pair().joined());
            for (Word word : List.copyOf(places.getOrDefault(best.pair(), new LinkedHashSet<>()))) {
                count(word, -word.count);
                replace(word.pieces, best.pair());
                count(word, word.count);
            }
        }
        return joined;
    }

    private void count(Word word, long delta) {
        for (int i = 0; i + 1 < word.pieces.size(); i++) {
            Pair pair = new Pair(word.pieces.get(i), word.pieces.get(i + 1));
            long before = counts.merge(pair, delta, Long::sum) - delta;
            if (delta > 0) {
                places.computeIfAbsent(pair, key -> new LinkedHashSet<>()).add(word);
                if (before == 0) {
                    queue.add(new Candidate(pair, delta));
                }
            }
        }
    }

    private static void replace(ArrayList<String> pieces, Pair pair) {
        int to = 0;
        for (int i = 0; i < pieces.size(); i++, to++) {
            if (i + 1 < pieces.size()
                    && pieces.get(i).equals(pair.left())
                    && pieces.get(i + 1).equals(pair.right())) {
                pieces.set(to, pair.joined());
                i++;
            } else {
                pieces.set(to, pieces.get(i));
            }
        }
        pieces.subList(to, pieces.size()).clear();
    }
}
