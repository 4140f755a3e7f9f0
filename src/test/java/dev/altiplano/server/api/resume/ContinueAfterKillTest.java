package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that are killed under many streams: each stream goes on at another one with the same bytes. {@code
 * -Daltiplano.test.kills=50} kills one of four so many times, starts it again while the next round runs, and prints how many streams
 * had to go on; {@code -Daltiplano.test.seed=7} chooses others and other moments.
 */
class ContinueAfterKillTest {

    private static final int STREAMS = 32;
    private static final int MAX_EVENTS_BEFORE = 60;

    private final int kills = Integer.getInteger("altiplano.test.kills", 1);
    private final long seed = Long.getLong("altiplano.test.seed", 1);
    private final Random random = new Random(seed);
    private int continued;

    @Test
    void everyStreamGoesOnWithTheSameBytes(@TempDir Path folder) throws Exception {
        long begin = System.nanoTime();
        try (Replicas replicas = new Replicas(folder, kills == 1 ? 2 : 4);
                WholeAnswers wholes = new WholeAnswers()) {
            for (int round = 0; round < kills; round++) {
                List<SurvivingStream> streams = round(replicas);
                // The one that was killed in the round before.
                replicas.awaitStarts();
                if (round < kills - 1) {
                    replicas.start();
                }
                compare(streams, replicas, wholes);
            }
        }
        if (kills > 1) {
            System.out.printf(
                    "%d kills, seed %d: %d streams with the same bytes, %d of them had to go on, %d s%n",
                    kills, seed, kills * STREAMS, continued, (System.nanoTime() - begin) / 1_000_000_000);
            assertThat(continued).isPositive();
        }
    }

    /** All streams, each first at its own replica, one of which is killed when they have begun. */
    private List<SurvivingStream> round(Replicas replicas) throws Exception {
        int victim = random.nextInt(replicas.size());
        List<SurvivingStream> streams = new ArrayList<>();
        try (Together readers = new Together()) {
            for (int i = 0; i < STREAMS; i++) {
                SurvivingStream stream = new SurvivingStream(StreamedRequest.of(i));
                List<URI> addresses = replicas.addresses(i);
                streams.add(stream);
                readers.run(() -> stream.read(addresses));
            }
            for (SurvivingStream stream : streams) {
                stream.await(1);
            }
            int watched = victim + replicas.size() * random.nextInt(STREAMS / replicas.size());
            streams.get(watched).await(1 + random.nextInt(MAX_EVENTS_BEFORE));
            replicas.kill(victim);
            readers.await();
        }
        continued += (int) streams.stream().filter(SurvivingStream::continued).count();
        return streams;
    }

    private static void compare(List<SurvivingStream> streams, Replicas replicas, WholeAnswers wholes)
            throws Exception {
        try (Together comparing = new Together()) {
            for (int i = 0; i < STREAMS; i++) {
                SurvivingStream stream = streams.get(i);
                URI address = replicas.addresses(i).getFirst();
                comparing.run(() -> {
                    SentEvents whole = wholes.of(stream, address);
                    assertThat(whole.done()).isTrue();
                    assertThat(stream.sent().content())
                            .as("%s", stream.request())
                            .isEqualTo(whole.content());
                });
            }
            comparing.await();
        }
    }

    /** Work of clients that goes on at the same time. */
    private static final class Together implements AutoCloseable {

        private interface Work {
            void run() throws Exception;
        }

        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> begun = new ArrayList<>();

        void run(Work work) {
            begun.add(threads.submit(() -> {
                work.run();
                return null;
            }));
        }

        /** Waits for all of it, and throws what one has thrown. */
        void await() throws Exception {
            for (Future<?> each : begun) {
                each.get();
            }
        }

        @Override
        public void close() {
            threads.close();
        }
    }
}
