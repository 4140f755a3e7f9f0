package dev.altiplano.engine.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThreadPrioritiesTest {

    private static final Path STAT = Path.of("/proc/thread-self/stat");

    @Test
    void aThreadStandsBackWithThoseThatItStartsAndNoOthers() throws Exception {
        int before = niceness();
        int[] inThread = inThread(() -> {
            ThreadPriorities.standBack();
            return new int[] {niceness(), inThread(() -> new int[] {niceness()})[0]};
        });
        int expected = Files.exists(STAT) ? Math.max(before, ThreadPriorities.OF_COMPUTING) : before;
        assertThat(inThread).containsExactly(expected, expected);
        assertThat(niceness()).isEqualTo(before);
    }

    @Test
    void threadsOfANameStandBackAndNoOthers() throws Exception {
        int before = niceness();
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch raised = new CountDownLatch(1);
        FutureTask<Integer> named = new FutureTask<>(() -> {
            runs.countDown();
            raised.await();
            return niceness();
        });
        Thread.ofPlatform().name("niceness-test-1").start(named);
        runs.await();
        ThreadPriorities.letStandBack("niceness-test-");
        raised.countDown();
        assertThat(named.get())
                .isEqualTo(Files.exists(STAT) ? Math.max(before, ThreadPriorities.OF_COMPUTING) : before);
        assertThat(niceness()).isEqualTo(before);
    }

    /** In a process of its own: there is no way back. */
    @Test
    void optimisersStandBack() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Optimisers.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> compilers = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).as(compilers.toString()).isZero();
        if (Files.exists(STAT)) {
            int expected = Math.max(niceness(), ThreadPriorities.OF_OPTIMISING);
            assertThat(compilers).isNotEmpty().allMatch(each -> each.endsWith(" " + expected));
        }
    }

    /** Prints each thread of the optimising compiler with its niceness. */
    static final class Optimisers {
        private Optimisers() {}

        public static void main(String[] arguments) throws IOException {
            ThreadPriorities.letOptimisersStandBack();
            if (!Files.exists(STAT)) {
                return;
            }
            try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
                for (Path thread : threads.toList()) {
                    String name = Files.readString(thread.resolve("comm")).strip();
                    if (name.startsWith("C2 ")) {
                        System.out.println(name + " " + niceness(Files.readString(thread.resolve("stat"))));
                    }
                }
            }
        }
    }

    private static int[] inThread(Callable<int[]> work) throws Exception {
        FutureTask<int[]> task = new FutureTask<>(work);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    /** The calling thread's; 0 where threads have none of their own, which is everywhere but on Linux. */
    private static int niceness() throws IOException {
        if (!Files.exists(STAT)) {
            return 0;
        }
        return niceness(Files.readString(STAT));
    }

    private static int niceness(String stat) {
        // The name before the closing parenthesis may contain anything; niceness is the 17th field after it.
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }
}
