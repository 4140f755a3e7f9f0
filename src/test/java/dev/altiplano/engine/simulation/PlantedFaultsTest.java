package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation is good enough if it finds each of these mistakes within 50,000 seeds. */
@Execution(ExecutionMode.CONCURRENT)
final class PlantedFaultsTest {

    private static final long MAX_SEEDS = 50_000;

    @TempDir
    private Path folder;

    static List<PlantedFault> faults() {
        return PlantedFault.ALL;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isFound(PlantedFault fault) throws IOException, ReflectiveOperationException {
        LongFunction<@Nullable String> runner = fault.plant(folder);
        String found = null;
        for (long seed = 0; seed < MAX_SEEDS && found == null; seed++) {
            found = fault.mayShow(seed) ? runner.apply(seed) : null;
        }
        assertThat(found).as(fault.name()).isNotNull().contains("-Dsimulation.seed=");
    }
}
