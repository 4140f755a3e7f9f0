package dev.altiplano.engine.faults;

import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.checkpoint.fetch.ModelAddress;
import dev.altiplano.engine.checkpoint.fetch.ModelCache;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.run.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process that loads a model, as the service does, and answers the same request until a line comes in. It prints each phase of loading
 * as it begins, and in the end the answer, or why there is none.
 */
final class EngineUnderFaults {

    static final int REFUSED = 3;
    private static final int DIFFERS = 5;

    private EngineUnderFaults() {}

    /**
     * Arguments: where packed copies are kept; the model's path, or its address with the folder for what is fetched and its SHA-256.
     */
    public static void main(String[] arguments) throws Exception {
        try {
            LoadListener listener = new Phases();
            serve(arguments[0], model(List.of(arguments), listener), listener);
        } catch (ModelException | FetchException | IOException e) {
            say("refused " + e.getMessage());
            System.exit(REFUSED);
        }
    }

    private static Path model(List<String> arguments, LoadListener listener) throws IOException, InterruptedException {
        if (arguments.size() == 2) {
            return Path.of(arguments.get(1));
        }
        listener.progress(LoadListener.Phase.DOWNLOADING, 0, 1);
        return new ModelCache(Path.of(arguments.get(2)), List.of(), arguments.get(3), Map.of())
                .fetch(
                        ModelAddress.of(arguments.get(1), Map.of()),
                        (done, total) -> listener.progress(LoadListener.Phase.DOWNLOADING, done, total));
    }

    private static void serve(String copies, Path model, LoadListener listener) throws IOException {
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(model, "faults", "auto", WeightFormat.Q8_0, copies, true),
                new EngineOptions.Compute(2, BackendName.AUTO),
                new EngineOptions.Batch(128, 4, 64),
                new EngineOptions.Kv(16 << 20, 32, null, true),
                EngineOptions.Decoding.DEFAULT,
                new EngineOptions.Queue(4, 1000, Duration.ofMinutes(1), Duration.ofMinutes(1)),
                0);
        try (Engine engine = Engines.open(options, listener, EngineObserver.NONE)) {
            String first = answer(engine);
            say("phase " + EngineProcess.SERVING);
            while (System.in.available() == 0) {
                require(first, answer(engine));
            }
            require(first, answer(engine));
            say("answer " + first);
        }
    }

    private static void require(String first, String now) {
        if (!now.equals(first)) {
            say("the answer has changed from " + first + " to " + now);
            Runtime.getRuntime().halt(DIFFERS);
        }
    }

    private static String answer(Engine engine) {
        GenerationRequest request = GenerationRequest.of("same", new Prompt.Ids(new int[] {1, 300, 301, 302, 303}), 16)
                .with(new Logprobs(2, 0));
        Completed completed = Completed.of(engine.submit(request));
        if (!(completed.last() instanceof StreamEvent.Ended)) {
            throw new IllegalStateException("the request ended with " + completed.last());
        }
        // Records print every digit of a score.
        return Integer.toHexString((completed.promptScores() + " " + completed.scores()).hashCode());
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Tells of each phase once. */
    private static final class Phases implements LoadListener {

        private Phase last = Phase.READY;

        @Override
        public void progress(Phase phase, long done, long total) {
            if (phase != last) {
                last = phase;
                say("phase " + phase);
            }
        }
    }
}
