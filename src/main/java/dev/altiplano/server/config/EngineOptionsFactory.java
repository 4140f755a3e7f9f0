package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import java.nio.file.Path;

/** Says in the engine's words what the settings say. */
final class EngineOptionsFactory {

    private EngineOptionsFactory() {}

    static EngineOptions from(AltiplanoProperties properties, Path modelPath) {
        AltiplanoProperties.Model model = properties.model();
        AltiplanoProperties.Engine engine = properties.engine();
        AltiplanoProperties.Queue queue = properties.queue();
        String size = String.valueOf(model.size());
        return new EngineOptions(
                new EngineOptions.Model(
                        modelPath,
                        model.servedId(),
                        size.equals("demo") ? "auto" : size,
                        EngineOptions.weightFormat(model.weights()),
                        model.path() == null ? "off" : model.packedCache(),
                        model.verifyChecksums()),
                new EngineOptions.Compute(
                        engine.threads() == 0 ? Runtime.getRuntime().availableProcessors() : engine.threads(),
                        BackendName.labelled(engine.backend())),
                new EngineOptions.Batch(engine.contextLength(), engine.maxSequences(), engine.maxBatchTokens()),
                new EngineOptions.Kv(
                        engine.kvCacheSize().toBytes(),
                        engine.kvBlockTokens(),
                        EngineOptions.kvFormat(engine.kvFormat()),
                        engine.prefixCache()),
                new EngineOptions.Queue(queue.capacity(), queue.tokens(), queue.timeout(), queue.maxTimeout()),
                0);
    }
}
