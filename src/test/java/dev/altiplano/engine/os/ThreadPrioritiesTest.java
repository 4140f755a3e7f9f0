package dev.altiplano.engine.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadPrioritiesTest {

    private static final Path STAT = Path.of("/proc/thread-self/stat");

    /** In a process of its own: there is no way back. */
    @Test
    void lowersTheCompilersPriority(@TempDir Path folder) throws Exception {
        List<String> options = List.of("--enable-native-access=ALL-UNNAMED");
        ChildJvm.Ended ended = ChildJvm.run(folder, ChildJvm.command(folder, options, Optimizers.class.getName()));
        assertThat(ended.status()).as(ended.toString()).isZero();
        if (Files.exists(STAT)) {
            int expected = Math.max(niceness(), ThreadPriorities.NICENESS);
            assertThat(ended.out().lines()).isNotEmpty().allMatch(each -> each.endsWith(" " + expected));
        }
    }

    /** Prints each thread of the optimizing compiler with its niceness. */
    static final class Optimizers {
        private Optimizers() {}

        public static void main(String[] arguments) throws IOException {
            ThreadPriorities.lowerCompilerPriority();
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
