package dev.altiplano.training.run;

import dev.altiplano.training.SplitMix;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import java.util.List;

/** Where documents come from: numbered texts without end. */
public sealed interface Source {

    /** Text number {@code index}. */
    String text(long index);

    /** New stories and the like for each number. */
    record Generated(DocumentKind kind, long seed) implements Source {
        @Override
        public String text(long index) {
            return Grammar.document(kind, seed, index).text();
        }
    }

    /** Given texts, all of them in another order in each round. */
    final class Given implements Source {
        private final List<String> texts;
        private final long seed;
        private final int[] order;
        private long round = -1;

        public Given(List<String> texts, long seed) {
            this.texts = List.copyOf(texts);
            this.seed = seed;
            order = new int[texts.size()];
        }

        /** How many there are. */
        public int size() {
            return texts.size();
        }

        @Override
        public String text(long index) {
            if (index / order.length != round) {
                round = index / order.length;
                shuffle(order, seed, round);
            }
            return texts.get(order[(int) (index % order.length)]);
        }
    }

    /** The numbers from 0 in the order of a round. */
    static void shuffle(int[] order, long seed, long round) {
        SplitMix random = SplitMix.of(seed, round);
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }
}
