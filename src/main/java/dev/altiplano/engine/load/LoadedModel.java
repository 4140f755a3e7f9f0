package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;

/**
 * A model in memory, ready to compute.
 *
 * @param arena owns weights, KV memory and scratch
 */
public record LoadedModel(
        ModelCard card,
        Hyperparameters config,
        Tokenizer tokenizer,
        Kernels kernels,
        KvCache kv,
        Model model,
        int maxScoredRows,
        Arena arena)
        implements AutoCloseable {

    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
