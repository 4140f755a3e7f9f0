package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The engine in a simulated world: the real queue, scheduler, caches, samplers and streams under a virtual clock, with a model that
 * notices every wrong KV block. One seed is a run; what is found is shrunk and printed with the line that repeats it.
 *
 * <p>{@code -Dsimulation.seeds} says how many seeds, {@code -Dsimulation.from} from which on; {@code mvn test -Psimulate} takes seed
 * after seed until it is stopped, from one that the clock gives.
 */
@Execution(ExecutionMode.CONCURRENT)
final class SimulationTest {

    private static final long SEEDS = Long.getLong("simulation.seeds", 20_000);
    private static final long FROM = first(System.getProperty("simulation.from", "0"));
    private static final int MAX_FINDINGS = 5;

    private static long first(String from) {
        return from.equals("clock") ? System.currentTimeMillis() * 1_000_000 : Long.parseLong(from);
    }

    @Test
    void nothingIsFoundInManySeeds() throws InterruptedException {
        AtomicLong next = new AtomicLong();
        Queue<String> findings = new ConcurrentLinkedQueue<>();
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                workers.execute(() -> run(next, findings));
            }
            workers.shutdown();
            assertThat(workers.awaitTermination(3650, TimeUnit.DAYS)).isTrue();
        }
        assertThat(findings).isEmpty();
        assertThat(next.get()).isGreaterThanOrEqualTo(SEEDS);
    }

    private static void run(AtomicLong next, Queue<String> findings) {
        SeedRunner runner = new SeedRunner();
        for (long i = next.getAndIncrement(); i < SEEDS && findings.size() < MAX_FINDINGS; i = next.getAndIncrement()) {
            String found = runner.apply(FROM + i);
            if (found != null) {
                findings.add("seed " + (FROM + i) + ", " + found);
                System.err.println("seed " + (FROM + i) + ", " + found);
            }
            if (i > 0 && i % 100_000 == 0) {
                System.err.println(i + " seeds from " + FROM + ", " + findings.size() + " findings");
            }
        }
    }

    /** The run that a line names, or some of the first ones: each is the same whenever it runs. */
    @Test
    void repeats() {
        Long seed = Long.getLong("simulation.seed");
        if (seed != null) {
            Scenario all = Scenario.of(seed);
            World.run(Shrinker.repeated(
                    all,
                    System.getProperty("simulation.clients", "all"),
                    Integer.getInteger("simulation.troubles", all.troubles()),
                    Integer.getInteger("simulation.stop", all.stopsAt())));
            return;
        }
        for (long each = 0; each < 100; each++) {
            assertThat(World.run(Scenario.of(each))).isEqualTo(World.run(Scenario.of(each)));
        }
    }

    @Test
    void aFailureIsShrunkToTheClientsThatItNeeds() {
        Scenario scenario = Scenario.of(5);
        assertThat(scenario.clients()).hasSizeGreaterThan(2);
        String guilty = scenario.clients().getLast().request().id();
        String told = Shrinker.shrink(scenario, new Violation("at first"), each -> {
            List<String> ids =
                    each.clients().stream().map(client -> client.request().id()).toList();
            return ids.contains(guilty) && each.stopsAt() > 9 ? new Violation("still") : null;
        });
        assertThat(told)
                .startsWith("still")
                .contains("-Dsimulation.seed=5 -Dsimulation.clients=" + guilty.substring(1) + " ")
                .contains("-Dsimulation.stop=10");
    }
}
