package dev.altiplano.engine.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that can happen to the files that an engine maps, reads or keeps, at random moments of loading and serving: no process ends
 * but by the kill, no answer is another one, and the next start works with what is left.
 *
 * <p>What stands for EIO: a library that is preloaded into the process and lets reads and writes of one file fail from some byte on, and
 * mappings of it end there, so that touching a page gives SIGBUS as the system gives for one that cannot be read (src/test/c). Where there
 * is no C compiler truncation alone gives SIGBUS.
 *
 * <p>{@code -Daltiplano.test.faults=100} lets so many happen, with a larger model, and {@code -Daltiplano.test.seed=7} others.
 */
class FileFaultsTest {

    private static final int FEW = 2;
    private static final List<String> PHASES =
            List.of("DOWNLOADING", "OPENING", "PACKING", "WARMING_UP", EngineProcess.SERVING);

    private final int faults = Integer.getInteger("altiplano.test.faults", FEW);
    private final long seed = Long.getLong("altiplano.test.seed", 1);
    private final Map<String, Integer> outcomes = new TreeMap<>();
    /** When the phases began where nothing happened. */
    private final Map<String, Map<String, Long>> usual = new HashMap<>();

    @TempDir
    private Path folder;

    private FaultScene scene;
    private String expected = "";

    @BeforeEach
    void build() throws Exception {
        scene = new FaultScene(folder, faults > FEW ? 1024 : 256);
        expected = observe(FileFault.Target.MODEL, false);
        assertThat(expected).isNotEmpty();
        scene.keepCopies();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** Lets an engine start and answer with which nothing happens; returns the answer. */
    private String observe(FileFault.Target target, boolean copied) throws Exception {
        scene.reset(copied);
        try (EngineProcess engine = scene.start(target)) {
            engine.await(EngineProcess.SERVING);
            assertThat(engine.finish()).as("%s", engine).isZero();
            usual.put(scenario(target, copied), engine.phases());
            return engine.answer();
        }
    }

    private static String scenario(FileFault.Target target, boolean copied) {
        return (target == FileFault.Target.FETCHED ? "fetched" : "local") + (copied ? " copied" : "");
    }

    @Test
    void endNoProcessAndChangeNoAnswer() throws Exception {
        List<FileFault> all = FileFault.all(FaultScene.hasFailingDisk());
        Random random = new Random(seed);
        List<FileFault> deck = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            if (deck.isEmpty()) {
                deck.addAll(all);
                Collections.shuffle(deck, random);
            }
            FileFault fault = deck.removeLast();
            long own = random.nextLong();
            try {
                happens(fault, new Random(own));
            } catch (AssertionError e) {
                throw new AssertionError("fault " + i + " of seed " + seed + ": " + fault, e);
            }
        }
        if (faults > FEW) {
            System.out.println("file faults, seed " + seed + ": " + outcomes);
        }
    }

    private void happens(FileFault fault, Random random) throws Exception {
        if (!usual.containsKey(scenario(fault.target(), fault.copied()))) {
            assertThat(observe(fault.target(), fault.copied())).isEqualTo(expected);
        }
        scene.reset(fault.copied());
        boolean serving = false;
        String outcome;
        try (EngineProcess engine = scene.start(fault, random.nextDouble())) {
            if (fault.isAtATime()) {
                wait(fault, engine, random);
                serving = engine.reached(EngineProcess.SERVING);
                scene.happen(fault, engine, random);
            }
            outcome = outcome(fault, engine.finish(), engine, serving);
        }
        if (fault.target() == FileFault.Target.MODEL) {
            scene.repairModel();
        }
        try (EngineProcess next = scene.start(fault.target())) {
            int status = next.finish();
            if (status == EngineUnderFaults.REFUSED && fault.mayRefuseLater()) {
                outcome += ", then refused";
            } else {
                assertThat(status).as("the next start: %s", next).isZero();
                assertThat(next.answer()).isEqualTo(expected);
            }
        }
        outcomes.merge(fault.target() + " " + fault.kind() + ": " + outcome, 1, Integer::sum);
    }

    private String outcome(FileFault fault, int status, EngineProcess engine, boolean serving) {
        if (fault.kind() == FileFault.Kind.KILL && status == 128 + 9) {
            return "killed";
        }
        if (status == EngineUnderFaults.REFUSED) {
            assertThat(fault.mayRefuse()).as("refused: %s", engine).isTrue();
            assertThat(serving).as("refused after all: %s", engine).isFalse();
            return "refused";
        }
        assertThat(status).as("the exit status of: %s", engine).isZero();
        assertThat(engine.answer()).as("%s", engine).isEqualTo(expected);
        return serving ? "answered" : "loaded and answered";
    }

    /** Waits for a random phase, and then for part of the time that it takes. */
    private void wait(FileFault fault, EngineProcess engine, Random random) throws InterruptedException {
        Map<String, Long> begins = usual.get(scenario(fault.target(), fault.copied()));
        List<String> known = PHASES.stream().filter(begins::containsKey).toList();
        // Before it is read, another content is another model.
        int first = fault.kind() == FileFault.Kind.REWRITE ? known.indexOf("PACKING") : 0;
        int phase = first + random.nextInt(known.size() - first);
        long begin = begins.get(known.get(phase));
        long end = phase + 1 < known.size() ? begins.get(known.get(phase + 1)) : begin + 200_000_000;
        engine.await(known.get(phase));
        Thread.sleep((long) ((end - begin) / 1e6 * random.nextDouble() * 1.2));
    }
}
