package dev.altiplano.server.config;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.run.Engines;

/** Opens a second, small engine with the embedded model, for what must not touch the one that is served. */
public final class Understudy {

    private static final int SEQUENCES = 4;
    private static final int BATCH_TOKENS = 64;
    private static final int CONTEXT = 256;
    private static final int QUEUE = 1;
    private static final int QUEUE_TOKENS = 4096;

    private Understudy() {}

    /**
     * Computes with the served engine's backend and threads, a few sequences at a time, and lets few requests wait; whoever opens
     * it closes it.
     *
     * @throws dev.altiplano.engine.ModelException where there is no memory for it
     */
    public static Engine open(AltiplanoProperties properties, EngineObserver observer) {
        AltiplanoProperties.Engine engine = properties.engine();
        AltiplanoProperties.Queue queue = properties.queue();
        try (ModelFiles files = ModelFiles.of(null)) {
            EngineOptions options = new EngineOptions(
                    new EngineOptions.Model(files.path(), "understudy", "auto", null, "off", false),
                    new EngineOptions.Compute(
                            engine.threads() == 0 ? Runtime.getRuntime().availableProcessors() : engine.threads(),
                            BackendName.labelled(engine.backend())),
                    new EngineOptions.Batch(CONTEXT, SEQUENCES, BATCH_TOKENS),
                    new EngineOptions.Kv(
                            0, engine.kvBlockTokens(), EngineOptions.kvFormat(engine.kvFormat()), engine.prefixCache()),
                    new EngineOptions.Queue(QUEUE, QUEUE_TOKENS, queue.timeout(), queue.maxTimeout()),
                    0);
            return Engines.open(options, (phase, done, total) -> {}, observer);
        }
    }
}
