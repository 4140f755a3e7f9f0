package dev.altiplano.engine;

import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/**
 * How long the first token of a chat's second turn takes, beside that of a prompt as long as the turn's new words alone: 1,000 tokens
 * before, 300 of them the model's, and 20 new ones.
 *
 * <pre>java -cp … dev.altiplano.engine.SecondTurnBenchmark MODEL [THREADS] [ROUNDS]</pre>
 */
final class SecondTurnBenchmark {

    private static final int PROMPT = 700;
    private static final int GENERATED = 300;
    private static final int FRESH = 20;

    private SecondTurnBenchmark() {}

    public static void main(String[] args) {
        int threads = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        EngineOptions options = EngineOptions.of(Path.of(args[0]), "model");
        options = options.with(
                        new EngineOptions.Compute(threads, options.compute().backend()))
                .with(new EngineOptions.Batch(2048, 4, 512))
                .with(new EngineOptions.Decoding(true, false));
        long[] firstTokenNanos = {0};
        EngineObserver observer = new EngineObserver() {
            @Override
            public void firstToken(String id, long nanos) {
                firstTokenNanos[0] = nanos;
            }
        };
        double[] turns = new double[rounds];
        double[] alone = new double[rounds];
        try (Engine engine = Engines.open(options, (phase, done, total) -> {}, observer)) {
            System.out.println(engine.card().backend());
            Random random = new Random(1);
            for (int round = -1; round < rounds; round++) {
                int[] prompt = ids(random, PROMPT, engine.card().vocabularySize());
                int[] said = Completed.of(engine.submit(request(prompt, GENERATED))).scores().get(0).stream()
                        .mapToInt(TokenScore::id)
                        .toArray();
                int[] fresh = ids(random, FRESH, engine.card().vocabularySize());
                int[] next = Stream.of(prompt, said, fresh)
                        .flatMapToInt(Arrays::stream)
                        .toArray();
                Completed turn = Completed.of(engine.submit(request(next, 1)));
                double turnMs = firstTokenNanos[0] / 1e6;
                Completed.of(
                        engine.submit(request(ids(random, FRESH, engine.card().vocabularySize()), 1)));
                double aloneMs = firstTokenNanos[0] / 1e6;
                System.out.printf(
                        "turn %.1f ms with %d of %d tokens cached, alone %.1f ms%n",
                        turnMs, turn.usage().cachedTokens(), next.length, aloneMs);
                if (round >= 0) {
                    turns[round] = turnMs;
                    alone[round] = aloneMs;
                }
            }
        }
        Arrays.sort(turns);
        Arrays.sort(alone);
        double turn = turns[rounds / 2];
        double single = alone[rounds / 2];
        System.out.printf(
                "medians: second turn %.1f ms, 20 tokens alone %.1f ms, ratio %.3f%n", turn, single, turn / single);
    }

    private static int[] ids(Random random, int count, int vocabulary) {
        return random.ints(count, 100, vocabulary).toArray();
    }

    private static GenerationRequest request(int[] ids, int tokens) {
        return Requests.ids(ids).maxTokens(tokens).ignoreEos().logprobs(0).build();
    }
}
