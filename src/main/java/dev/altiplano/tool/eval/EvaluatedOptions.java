package dev.altiplano.tool.eval;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.tool.console.ToolException;
import java.nio.file.Path;

/** Makes an engine's options of what the command line says about a model. */
final class EvaluatedOptions {

    /** Positions of a KV block: few, since what choices share ends within a block, whose beginning each of them computes again. */
    private static final int BLOCK_TOKENS = 16;

    private EvaluatedOptions() {}

    static EngineOptions of(Path model, String weights, String kvFormat, String backend) {
        Path name = model.toAbsolutePath().normalize().getFileName();
        EngineOptions options = EngineOptions.of(model, name == null ? "model" : name.toString());
        try {
            options = options.withFormats(EngineOptions.weightFormat(weights), EngineOptions.kvFormat(kvFormat));
        } catch (EngineOptions.InvalidOptionException e) {
            throw new ToolException("--" + e.getMessage());
        }
        return new EngineOptions(
                options.model(),
                new EngineOptions.Compute(options.compute().threads(), backend(backend)),
                options.batch(),
                new EngineOptions.Kv(
                        options.kv().bytes(),
                        BLOCK_TOKENS,
                        options.kv().format(),
                        options.kv().prefixCache()),
                options.decoding(),
                options.queue(),
                0);
    }

    private static BackendName backend(String name) {
        try {
            return BackendName.labelled(name);
        } catch (IllegalArgumentException e) {
            throw new ToolException(String.valueOf(e.getMessage()));
        }
    }
}
