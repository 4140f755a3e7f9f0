package dev.altiplano.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyThreadRunsEveryTaskOnce(int threads) {
        long[] counts = new long[threads * 16];
        long[] plain = new long[1];
        int runs = threads > 2 ? 2_000 : 50_000;
        try (WorkerPool pool = new WorkerPool(threads)) {
            WorkerPool.Task task = (worker, workers) -> {
                assertThat(workers).isEqualTo(threads);
                counts[worker * 16] += plain[0];
            };
            for (int i = 0; i < runs; i++) {
                plain[0] = i;
                pool.run(task);
                for (int worker = 0; worker < threads; worker++) {
                    assertThat(counts[worker * 16]).isEqualTo((long) i * (i + 1) / 2);
                }
            }
        }
    }

    @Test
    void wakesWorkersThatParked() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int i = 0; i < 20; i++) {
                seen.clear();
                pool.run((worker, count) -> seen.add(Thread.currentThread()));
                assertThat(seen).hasSize(3);
                workers.addAll(seen);
                workers.remove(Thread.currentThread());
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> workers.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
            }
            assertThat(workers).hasSize(2);
        }
    }

    @Test
    void pausesAroundTheTimeOfParkingLoseNoWakeUp() {
        int[] runs = new int[16 * 2];
        try (WorkerPool pool = new WorkerPool(2)) {
            for (int i = 0; i < 2_000; i++) {
                pool.run((worker, workers) -> runs[16 * worker]++);
                long until = System.nanoTime() + 90_000 + i % 40 * 500;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
            }
        }
        assertThat(runs[16]).isEqualTo(2_000);
    }

    @Test
    void callerWaitsForSlowWorkers() {
        long[] ended = new long[3];
        try (WorkerPool pool = new WorkerPool(3)) {
            pool.run((worker, workers) -> {
                if (worker > 0) {
                    try {
                        Thread.sleep(20L * worker);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                ended[worker] = 1;
            });
        }
        assertThat(ended).containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void throwsWhatAShareThrewAfterAllHaveEnded(int failing) {
        try (WorkerPool pool = new WorkerPool(3)) {
            boolean[] ended = new boolean[3];
            UnsupportedOperationException thrown = new UnsupportedOperationException("share " + failing);
            assertThatThrownBy(() -> pool.run((worker, workers) -> {
                        ended[worker] = true;
                        if (worker == failing) {
                            throw thrown;
                        }
                    }))
                    .isSameAs(thrown);
            assertThat(ended).containsOnly(true);
            int[] again = new int[3];
            pool.run((worker, workers) -> again[worker]++);
            assertThat(again).containsOnly(1);
        }
    }

    @Test
    void errorsOfWorkersReachTheCaller() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.run((worker, workers) -> {
                        if (worker == 1) {
                            throw new StackOverflowError("deep");
                        }
                    }))
                    .isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void closeEndsParkedAndSpinningWorkers() throws InterruptedException {
        for (long pauseMs : new long[] {0, 0, 20}) {
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            WorkerPool pool = new WorkerPool(4);
            pool.run((worker, workers) -> seen.add(Thread.currentThread()));
            Thread.sleep(pauseMs);
            pool.close();
            pool.close();
            seen.remove(Thread.currentThread());
            assertThat(seen).hasSize(3).noneMatch(Thread::isAlive);
            assertThatThrownBy(() -> pool.run((worker, workers) -> {})).hasMessageContaining("closed");
        }
    }

    @Test
    void aTaskCannotRunInsideATask() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.run((worker, workers) -> {
                        if (worker == 0) {
                            pool.run((w, n) -> {});
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class);
            pool.run((worker, workers) -> {});
        }
    }

    @Test
    void anInterruptedWorkerOrCallerGoesOn() {
        Thread[] threads = new Thread[2];
        try (WorkerPool pool = new WorkerPool(2)) {
            pool.run((worker, workers) -> threads[worker] = Thread.currentThread());
            threads[1].interrupt();
            Thread.currentThread().interrupt();
            int[] runs = new int[2];
            for (int i = 0; i < 100; i++) {
                pool.run((worker, workers) -> runs[worker]++);
            }
            assertThat(runs).containsOnly(100);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> new WorkerPool(0)).hasMessageContaining("threads = 0");
    }
}
