package dev.altiplano.engine;

import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Times what masks cost: steps of eight sequences that follow a JSON schema beside steps of eight that are free, in turns. Run its
 * main with a model. From the end of a forward pass to the end of the next, so that masks and sampling are in it.
 */
final class MaskedBatchBenchmark {

    private static final int SEQUENCES = 8;
    private static final int TOKENS = 200;

    /** Long enough never to be complete within the tokens that are asked for. */
    private static final String SCHEMA =
            "{\"type\":\"array\",\"minItems\":100,\"items\":{\"type\":\"object\",\"properties\":{"
                    + "\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\"},\"kind\":{\"enum\":[\"red\",\"green\",\"blue\"]},"
                    + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
                    + "\"required\":[\"name\",\"age\",\"kind\",\"tags\"],\"additionalProperties\":false}}";

    private MaskedBatchBenchmark() {}

    public static void main(String[] arguments) throws InterruptedException {
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        EngineOptions options =
                EngineOptions.of(Path.of(arguments[0]), "benchmark").with(new Decoding(false, false));
        WholeSteps steps = new WholeSteps(SEQUENCES);
        double[] ratios = new double[rounds];
        try (Engine engine = Engines.open(options, (phase, done, total) -> {}, steps)) {
            System.out.println(
                    engine.card().backend() + ", vocabulary " + engine.card().vocabularySize());
            for (int round = -1; round < rounds; round++) {
                double free = run(engine, steps, null, round);
                double masked = run(engine, steps, new GrammarSource.JsonSchema(SCHEMA, Whitespace.FLEXIBLE), round);
                if (round >= 0) {
                    ratios[round] = masked / free;
                    System.out.printf(
                            Locale.ROOT,
                            "free %.2f ms, masked %.2f ms a step, %+.2f %%%n",
                            free,
                            masked,
                            100 * (masked / free - 1));
                }
            }
        }
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "median %+.2f %%%n", 100 * (ratios[rounds / 2] - 1));
    }

    private static double run(Engine engine, WholeSteps steps, GrammarSource grammar, int round)
            throws InterruptedException {
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            all.add(engine.submit(GenerationRequest.of(
                            "benchmark-" + i, new Prompt.Ids(new int[] {1, 300 + i, 400 + round}), TOKENS)
                    .with(new Sampling(1, 0, 1, 0, 0, 0, 1, Map.of(), OptionalLong.of(100L * round + i)))
                    .with(new Stopping(TOKENS, 0, List.of(), Set.of(), grammar == null))
                    .with(grammar)));
        }
        for (Generation generation : all) {
            StreamEvent event;
            do {
                event = generation.stream().next(Duration.ofMinutes(10));
            } while (!(event instanceof StreamEvent.Ended) && !(event instanceof StreamEvent.Failed));
            if (event instanceof StreamEvent.Failed failed) {
                throw new IllegalStateException(failed.message());
            }
        }
        return steps.medianMs();
    }
}
