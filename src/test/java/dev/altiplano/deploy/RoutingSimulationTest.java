package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.deploy.RoutingSimulation.Picker;
import dev.altiplano.deploy.RoutingSimulation.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What routing by our metrics gains over taking turns; docs/scaling.md has its table. */
@Execution(ExecutionMode.CONCURRENT)
class RoutingSimulationTest {

    @TempDir
    private Path folder;

    @Test
    void requestsWaitLessWhereTheGatewayReadsOurMetrics() throws Exception {
        try (RoutingSimulation simulation = new RoutingSimulation(folder)) {
            Result turns = simulation.run(Picker.ROUND_ROBIN);
            Result aware = simulation.run(Picker.QUEUE_AWARE);
            assertThat(Files.readString(Path.of("docs/scaling.md")))
                    .contains(turns.row(Picker.ROUND_ROBIN), aware.row(Picker.QUEUE_AWARE));
            assertThat(turns.needlessly()).as("taking turns").isGreaterThan(turns.requests() / 10);
            assertThat(aware.needlessly()).as("by metrics").isZero();
            assertThat(aware.waited()).isLessThan(turns.waited());
            assertThat(aware.longestQueue()).isLessThanOrEqualTo(turns.longestQueue());
            assertThat(aware.meanWait()).isLessThan(turns.meanWait());
        }
    }
}
