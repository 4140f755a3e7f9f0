package dev.altiplano.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/**
 * Threads that ask at the same time as one takes and removes: each request that was let in comes out once, and the books are even
 * afterwards. {@code -Daltiplano.test.races=1000000} lets so many ask.
 */
class RequestQueueRaceTest {

    private static final int ASKING = 4;
    private static final int CAPACITY = 8;
    private static final int TOKENS = 100;

    private final int each = Integer.getInteger("altiplano.test.races", 40_000) / ASKING;
    private final RequestQueue<Integer> queue = new RequestQueue<>(CAPACITY, TOKENS);
    private final AtomicIntegerArray seen = new AtomicIntegerArray(ASKING * each);
    private final AtomicInteger accepted = new AtomicInteger();
    private final CyclicBarrier begin = new CyclicBarrier(ASKING + 1);

    @Test
    void everyRequestThatIsLetInComesOutOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(ASKING)) {
            List<Future<?>> asking = new ArrayList<>();
            for (int i = 0; i < ASKING; i++) {
                int number = i;
                asking.add(threads.submit(() -> ask(number)));
            }
            begin.await();
            int out = 0;
            while (asking.stream().anyMatch(one -> !one.isDone()) || queue.size() > 0) {
                out += take();
            }
            for (Future<?> one : asking) {
                one.get();
            }
            assertThat(out).isEqualTo(accepted.get());
            assertThat(queue.size()).isZero();
            assertThat(queue.tokens()).isZero();
        }
    }

    private Void ask(int number) throws Exception {
        Random random = new Random(number);
        begin.await();
        for (int i = 0; i < each; i++) {
            if (queue.reserve() != null) {
                assertThat(queue.size()).isLessThanOrEqualTo(CAPACITY);
                Thread.onSpinWait();
            } else if (random.nextInt(8) == 0) {
                queue.release();
            } else if (queue.offer(number * each + i, random.nextInt(40), "client " + number, random.nextInt(2))
                    == null) {
                accepted.incrementAndGet();
            }
        }
        return null;
    }

    /** Takes what there is, now and then by removing; returns how many. */
    private int take() {
        int[] out = {0};
        for (Integer request = queue.poll(); request != null; request = queue.poll()) {
            assertThat(seen.incrementAndGet(request)).isOne();
            out[0]++;
            if (out[0] % 5 == 0) {
                queue.removeIf(waiting -> {
                    boolean removed = waiting % 3 == 0;
                    if (removed) {
                        assertThat(seen.incrementAndGet(waiting)).isOne();
                        out[0]++;
                    }
                    return removed;
                });
            }
        }
        return out[0];
    }
}
