package dev.altiplano.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.cache.tier.DiskPlan;
import dev.altiplano.engine.cache.tier.SimulatedDisk;
import dev.altiplano.engine.cache.tier.SteppedTier;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits in the queue while the sequence that has the only place waits for a prefix from the disk: it needs no wakeup of its own. */
final class QueueBehindLoadTest {

    private final Setup setup = new Setup(64, 1, 16, 8, 0, 16, true, false, false, 8, 1000, 0, 0);
    private final Arena arena = Arena.ofConfined();
    private final SimulatedDisk disk = new SimulatedDisk(new DiskPlan(24, Integer.MAX_VALUE, 0, 0, false, false), 1);
    private SteppedTier tier;
    private SteppedEngine engine;
    private Audit audit;
    private boolean woken;
    private ActiveRequest loading;

    @BeforeEach
    void aRequestWaitsForItsPrefix() {
        start();
        ActiveRequest before = engine.submit(request("before", "one"));
        finish();
        assertThat(before.ended()).isTrue();
        while (tier.turn()) {}
        tier.end();
        start();
        loading = engine.submit(request("loading", "one"));
        rest();
        assertThat(audit.loading()).isTrue();
    }

    @AfterEach
    void nothingIsLeft() {
        finish();
        audit.atTheEnd();
        arena.close();
    }

    private void start() {
        engine = setup.engine(
                1,
                EngineObserver.NONE,
                System::nanoTime,
                () -> 1,
                () -> woken = true,
                () -> {},
                () -> {},
                kv -> {
                    tier = disk.tier(setup.fingerprint(), kv, () -> {});
                    return tier.tier();
                },
                arena);
        audit = new Audit(engine, setup.maxSequences());
    }

    private static GenerationRequest request(String id, String client) {
        int[] prompt = IntStream.range(5, 45).map(at -> at % 30 + 5).toArray();
        return GenerationRequest.of(id, new Prompt.Ids(prompt), 2).with(new Client(client, 0, null, ""));
    }

    /** Steps until the engine's thread would rest. */
    private void rest() {
        do {
            woken = false;
        } while (engine.turn() || woken);
    }

    /** Steps, and reads from the disk, until there is nothing to do. */
    private void finish() {
        do {
            rest();
        } while (tier.turn());
    }

    @Test
    void theEndOfTheLoadWakesTheEngineWhichThenTakesIt() {
        ActiveRequest queued = engine.submit(request("queued", "one"));
        rest();
        assertThat(audit.queued()).isEqualTo(1);
        assertThat(audit.wantsQueued()).isFalse();
        while (!woken) {
            assertThat(tier.turn()).as("a load that has not ended").isTrue();
        }
        rest();
        assertThat(loading.ended()).isTrue();
        assertThat(queued.ended()).isTrue();
    }

    @Test
    void whereTheFirstLeavesItIsTakenAtOnce() {
        ActiveRequest queued = engine.submit(request("queued", "one"));
        rest();
        loading.cancel();
        assertThat(woken).isTrue();
        rest();
        assertThat(audit.queued()).isZero();
        finish();
        assertThat(queued.ended()).isTrue();
    }

    @Test
    void anotherClientIsNotKeptWaitingByTheDisk() {
        ActiveRequest other = engine.submit(request("other", "two").with(new Client("two", 0, null, "salt")));
        rest();
        assertThat(other.ended()).isTrue();
        assertThat(loading.ended()).isFalse();
    }
}
