package dev.altiplano.engine;

import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.time.Duration;

/** Small engines for tests. */
public final class TestEngines {

    private TestEngines() {}

    /** Settings that tests change one by one. */
    public record Settings(
            String file,
            String weights,
            String backend,
            int threads,
            int maxSequences,
            int maxBatchTokens,
            long kvBytes,
            boolean prefixCache,
            int queueCapacity) {

        public static Settings of(String file) {
            return new Settings(file, "f32", "auto", 2, 16, 128, 0, true, 64);
        }

        public Settings weights(String value) {
            return new Settings(
                    file, value, backend, threads, maxSequences, maxBatchTokens, kvBytes, prefixCache, queueCapacity);
        }

        public Settings backend(String value) {
            return new Settings(
                    file, weights, value, threads, maxSequences, maxBatchTokens, kvBytes, prefixCache, queueCapacity);
        }

        public Settings threads(int value) {
            return new Settings(
                    file, weights, backend, value, maxSequences, maxBatchTokens, kvBytes, prefixCache, queueCapacity);
        }

        public Settings batch(int sequences, int tokens) {
            return new Settings(
                    file, weights, backend, threads, sequences, tokens, kvBytes, prefixCache, queueCapacity);
        }

        public Settings kvBytes(long value) {
            return new Settings(
                    file, weights, backend, threads, maxSequences, maxBatchTokens, value, prefixCache, queueCapacity);
        }

        public Settings prefixCache(boolean value) {
            return new Settings(
                    file, weights, backend, threads, maxSequences, maxBatchTokens, kvBytes, value, queueCapacity);
        }

        public Settings queue(int value) {
            return new Settings(
                    file, weights, backend, threads, maxSequences, maxBatchTokens, kvBytes, prefixCache, value);
        }

        public EngineOptions options() {
            Path path = Reference.FOLDER.resolve(file);
            return new EngineOptions(
                    new EngineOptions.Model(path, "test", "auto", EngineOptions.weightFormat(weights), "off", false),
                    new EngineOptions.Compute(threads, BackendName.labelled(backend)),
                    new EngineOptions.Batch(512, maxSequences, maxBatchTokens),
                    new EngineOptions.Kv(kvBytes, 16, null, prefixCache),
                    new EngineOptions.Queue(queueCapacity, 1 << 20, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                    0);
        }

        public Engine open() {
            return open(EngineObserver.NONE);
        }

        public Engine open(EngineObserver observer) {
            return Engines.open(options(), (phase, done, total) -> {}, observer);
        }
    }
}
