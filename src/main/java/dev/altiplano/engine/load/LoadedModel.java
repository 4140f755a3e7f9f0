package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.os.HugePages;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory, ready to compute.
 *
 * @param moving brings weights that are mapped into memory, while they are used; null where they are there
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
        @Nullable HugePages moving,
        Arena arena)
        implements AutoCloseable {

    @Override
    public void close() {
        kernels.close();
        if (moving != null) {
            moving.close();
        }
        arena.close();
    }
}
