package dev.altiplano.engine.load;

import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.model.Adapter;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory, ready to compute.
 *
 * @param chatTemplate null for a base model
 * @param kvFingerprint hexadecimal digits that differ where keys and values may; empty where no file keeps any
 * @param draft a smaller model that drafts for this one; null where there is none
 * @param adapters those from the start, in the order in which rows of a batch refer to them
 * @param arena owns weights, KV memory and scratch
 */
public record LoadedModel(
        ModelCard card,
        Hyperparameters config,
        Tokenizer tokenizer,
        @Nullable ChatTemplate chatTemplate,
        Kernels kernels,
        KvCache kv,
        String kvFingerprint,
        Model model,
        @Nullable LoadedDraft draft,
        List<Adapter> adapters,
        int maxScoredRows,
        Arena arena)
        implements AutoCloseable {

    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
