package dev.altiplano.tool.bench;

import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model is measured.
 *
 * @param held the format to hold weights in, or null to hold them as stored
 * @param rows token rows of one step at most, as {@code max-batch-tokens} has it
 */
record BenchOptions(
        List<Workload> workloads,
        int repetitions,
        int threads,
        String backend,
        KvFormat kvFormat,
        @Nullable WeightFormat held,
        int rows) {}
