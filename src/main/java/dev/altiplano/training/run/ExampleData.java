package dev.altiplano.training.run;

import dev.altiplano.training.model.Batch;
import java.util.List;

/** Examples in another order in each round; each whole, so that no answer is cut off. */
final class ExampleData implements TrainingData {

    private final List<Example> examples;
    private final long seed;
    private final int[] order;
    private long round = -1;
    private long next;

    ExampleData(List<Example> examples, long seed) {
        this.examples = List.copyOf(examples);
        this.seed = seed;
        order = new int[examples.size()];
    }

    @Override
    public void fill(Batch batch) {
        for (int sequence = 0; sequence < batch.sequences(); sequence++) {
            Example example = example(next);
            while (example.tokens().length - 1 <= batch.room(sequence)) {
                batch.append(sequence, example.tokens(), example.learnFrom());
                next++;
                example = example(next);
            }
        }
    }

    private Example example(long index) {
        if (index / order.length != round) {
            round = index / order.length;
            Source.shuffle(order, seed, round);
        }
        return examples.get(order[(int) (index % order.length)]);
    }

    @Override
    public long[] state() {
        return new long[] {next};
    }

    @Override
    public void restore(long[] state) {
        next = state[0];
    }

    @Override
    public String describe() {
        return examples.size() + " examples";
    }
}
