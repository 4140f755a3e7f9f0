package dev.altiplano.engine;

import dev.altiplano.engine.EngineOptions.Compute;
import dev.altiplano.engine.EngineOptions.Decoding;
import dev.altiplano.engine.EngineOptions.DraftModel;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.run.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Times what drafts gain: the same requests with and without them, in turns, from the first token to the last. The model walks through
 * its ids ({@link WalkingModel}) at the cost of the given one, so that prompts can hold what will be said.
 *
 * <pre>java -cp … dev.altiplano.engine.SpeculationBenchmark MODEL [ROUNDS] [THREADS]</pre>
 */
final class SpeculationBenchmark {

    private static final int PROMPT = 200;
    private static final int TOKENS = 160;
    /** Every so many tokens of a text that is copied another stands in the copy. */
    private static final int EDITED = 20;

    private static final int DRAFT_LAYERS = 2;
    /** The draft model does not know the successor of every fifth token. */
    private static final int DRAFT_WRONG = 5;

    private SpeculationBenchmark() {}

    private enum Task {
        /** The prompt holds the answer, but for an edit now and then. */
        COPY,
        /** Nothing repeats: the answer is new. */
        NEW,
        /** Six tokens by chance: what follows three of them has often been seen, and is no guide. */
        CHANCE
    }

    /** What a run of a request said, and how fast. */
    private record Run(int[] ids, double tokensPerSecond) {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        Path folder = Files.createTempDirectory("altiplano-speculation");
        Path model = folder.resolve("walking.gguf");
        Path draft = folder.resolve("draft.gguf");
        try {
            WalkingModel.write(Path.of(arguments[0]), Integer.MAX_VALUE, 0, model);
            WalkingModel.write(Path.of(arguments[0]), DRAFT_LAYERS, DRAFT_WRONG, draft);
            EngineOptions options = EngineOptions.of(model, "walking")
                    .with(new Compute(threads, BackendName.AUTO))
                    .with(new EngineOptions.Batch(1024, 8, 512));
            Decoding plain = new Decoding(false, false);
            Decoding ngrams = new Decoding(false, true);
            System.out.println("| task | sequences | drafts | without, tokens/s | with | ratio | drafted | accepted |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
            try (Engine without = open(options.with(plain))) {
                try (Engine with = open(options.with(ngrams))) {
                    compare(without, with, Task.COPY, 1, "n-gram", rounds);
                    compare(without, with, Task.COPY, 4, "n-gram", rounds);
                    compare(without, with, Task.NEW, 1, "n-gram", rounds);
                    compare(without, with, Task.CHANCE, 1, "n-gram", rounds);
                    compare(without, with, Task.CHANCE, 4, "n-gram", rounds);
                }
                try (Engine with = open(options.with(ngrams.with(DraftModel.of(draft))))) {
                    compare(without, with, Task.NEW, 1, "model", rounds);
                    compare(without, with, Task.NEW, 4, "model", rounds);
                    compare(without, with, Task.CHANCE, 1, "model", rounds);
                }
            }
        } finally {
            Files.deleteIfExists(model);
            Files.deleteIfExists(draft);
            Files.delete(folder);
        }
    }

    private static Engine open(EngineOptions options) {
        return Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private static void compare(Engine without, Engine with, Task task, int sequences, String drafts, int rounds)
            throws InterruptedException {
        double[] ratios = new double[rounds];
        double[] plain = new double[rounds];
        double[] drafted = new double[rounds];
        SpeculationStats before = with.stats().drafts();
        for (int round = -1; round < rounds; round++) {
            GenerationRequest request = request(
                    task, sequences, 1000L * sequences + round, with.card().vocabularySize());
            boolean first = round % 2 == 0;
            Run one = run(first ? without : with, request);
            Run other = run(first ? with : without, request);
            if (!Arrays.equals(one.ids, other.ids)) {
                throw new IllegalStateException("drafts change the answer to " + request);
            }
            if (round >= 0) {
                plain[round] = (first ? one : other).tokensPerSecond;
                drafted[round] = (first ? other : one).tokensPerSecond;
                ratios[round] = drafted[round] / plain[round];
            }
        }
        SpeculationStats after = with.stats().drafts();
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %s | %.1f | %.1f | %.2f (%.2f-%.2f) | %d | %d |%n",
                task.name().toLowerCase(Locale.ROOT),
                sequences,
                drafts,
                median(plain),
                median(drafted),
                median(ratios),
                Arrays.stream(ratios).min().orElseThrow(),
                Arrays.stream(ratios).max().orElseThrow(),
                after.draftedTokens() - before.draftedTokens(),
                after.acceptedTokens() - before.acceptedTokens());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static GenerationRequest request(Task task, int sequences, long seed, int vocabulary) {
        Random random = new Random(seed);
        Map<Integer, Float> bias = new TreeMap<>();
        for (int i = 0; task == Task.CHANCE && i < 6; i++) {
            bias.put(1000 + 7 * i, 100f);
        }
        List<Prompt> prompts = new ArrayList<>();
        for (int s = 0; s < sequences; s++) {
            int[] ids = random.ints(PROMPT, 300, vocabulary).toArray();
            int start = random.nextInt(300, vocabulary - PROMPT);
            for (int i = 0; task == Task.COPY && i < PROMPT - 1; i++) {
                ids[i] = i % EDITED == EDITED - 1 ? ids[i] : start + i;
            }
            ids[PROMPT - 1] = start;
            prompts.add(new Prompt.Ids(ids));
        }
        return new GenerationRequest(
                "benchmark",
                prompts,
                1,
                1,
                null,
                new Sampling(task == Task.CHANCE ? 1 : 0, 0, 1, 0, 0, 0, 1, bias, OptionalLong.of(seed)),
                new Stopping(TOKENS, 0, List.of(), Set.of(), true),
                new Logprobs(0, -1),
                Client.ANONYMOUS);
    }

    private static Run run(Engine engine, GenerationRequest request) throws InterruptedException {
        TokenStream stream = engine.submit(request).stream();
        Map<Integer, List<Integer>> said = new TreeMap<>();
        long begin = 0;
        int early = 0;
        boolean all = false;
        while (true) {
            StreamEvent event = stream.next(Duration.ofMinutes(10));
            if (event instanceof StreamEvent.Text text) {
                List<Integer> ids = said.computeIfAbsent(text.choice(), choice -> new ArrayList<>());
                text.tokens().forEach(token -> ids.add(token.id()));
                if (!all) {
                    begin = System.nanoTime();
                    early = said.values().stream().mapToInt(List::size).sum();
                    all = said.size() == request.prompts().size();
                }
            } else if (event instanceof StreamEvent.Ended) {
                int[] ids = said.values().stream()
                        .flatMap(List::stream)
                        .mapToInt(id -> id)
                        .toArray();
                return new Run(ids, (ids.length - early) / ((System.nanoTime() - begin) / 1e9));
            } else if (event == null || event instanceof StreamEvent.Failed) {
                throw new IllegalStateException("no answer: " + event);
            }
        }
    }
}
