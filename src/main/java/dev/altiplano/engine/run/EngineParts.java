package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.queue.RequestQueue;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.request.RequestReader;
import dev.altiplano.engine.speculate.Speculation;
import dev.altiplano.engine.speculate.StepCosts;
import org.jspecify.annotations.Nullable;

/**
 * What an engine consists of before its thread runs: all that {@link EngineLoop} computes with and {@link RunningEngine} shows to others.
 *
 * @param costs what steps of so many rows take
 * @param tier prefixes beyond memory; null where there are none
 * @param speculation null where nothing is drafted
 */
record EngineParts(
        EngineOptions options,
        EngineObserver observer,
        LoadedModel loaded,
        Surroundings surroundings,
        RequestReader reader,
        RequestQueue<ActiveRequest> queue,
        BlockPool pool,
        @Nullable HostTier tier,
        StepCosts costs,
        @Nullable Speculation speculation,
        StepCounters counters,
        AdapterTable adapters,
        Ledger ledger) {

    static EngineParts of(
            EngineOptions options, LoadedModel loaded, EngineObserver observer, Surroundings surroundings) {
        StepCosts costs = new StepCosts(options.decoding().timed());
        Speculation speculation = options.decoding().speculation()
                ? new Speculation(costs, DraftModels.of(options, loaded, costs, surroundings), surroundings::nanoTime)
                : null;
        RequestReader reader = new RequestReader(
                loaded.tokenizer(), loaded.chatTemplate(), loaded.config().contextLength(), speculation);
        RequestQueue<ActiveRequest> queue =
                new RequestQueue<>(options.queue().capacity(), options.queue().tokens());
        BlockPool pool = new BlockPool(loaded.kv().shape().blocks());
        EngineOptions.AdapterRoom room = options.model().adapterRoom();
        AdapterTable adapters = new AdapterTable(loaded.adapters(), room.maximum(), room.bytes());
        StepCounters counters = new StepCounters();
        Ledger ledger =
                new Ledger(options, observer, queue, counters, speculation, adapters, surroundings, pool.size());
        return new EngineParts(
                options,
                observer,
                loaded,
                surroundings,
                reader,
                queue,
                pool,
                surroundings.tier(options, loaded),
                costs,
                speculation,
                counters,
                adapters,
                ledger);
    }
}
