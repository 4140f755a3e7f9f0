package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadNicenessTest {

    private static final Path STAT = Path.of("/proc/thread-self/stat");

    @Test
    void aThreadStandsBackWithThoseThatItStartsAndNoOthers() throws Exception {
        int before = niceness();
        int[] inThread = inThread(() -> {
            ThreadNiceness.standBack();
            return new int[] {niceness(), inThread(() -> new int[] {niceness()})[0]};
        });
        int expected = Files.exists(STAT) ? Math.max(before, ThreadNiceness.OF_COMPUTING) : before;
        assertThat(inThread).containsExactly(expected, expected);
        assertThat(niceness()).isEqualTo(before);
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
        String stat = Files.readString(STAT);
        // The name before the closing parenthesis may contain anything; niceness is the 17th field after it.
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }
}
