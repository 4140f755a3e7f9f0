package dev.altiplano.server.config;

import dev.altiplano.engine.EngineOptions;
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
                modelPath,
                model.servedId(),
                size.equals("demo") ? "auto" : size,
                model.weights(),
                model.path() == null ? "off" : model.packedCache(),
                model.verifyChecksums(),
                engine.threads() == 0 ? Runtime.getRuntime().availableProcessors() : engine.threads(),
                engine.backend(),
                engine.contextLength(),
                engine.maxSequences(),
                engine.maxBatchTokens(),
                engine.kvCacheSize().toBytes(),
                engine.kvBlockTokens(),
                engine.kvFormat(),
                engine.prefixCache(),
                queue.capacity(),
                queue.tokens(),
                queue.timeout(),
                queue.maxTimeout(),
                0);
    }
}
