package dev.altiplano.engine.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The priority of the threads of Java's optimizing compiler: lower than that of the others, which matters when processors are short. Java's
 * own thread priorities do nothing on Linux without flags; there each thread has a nice value. Raising a priority again needs privileges, so
 * it stays low. Where the system refuses, everything works as well, only less evenly.
 */
public final class ThreadPriorities {

    private static final System.Logger LOG = System.getLogger(ThreadPriorities.class.getName());

    static final int NICENESS = 10;

    /** The kernel keeps 15 characters of "C2 CompilerThread0". */
    private static final String OPTIMIZING_COMPILER = "C2 CompilerThre";

    private static final Path THREADS = Path.of("/proc/self/task");
    private static final int PRIO_PROCESS = 0;

    private ThreadPriorities() {}

    /**
     * Lowers the priority of the threads of Java's optimizing compiler. At a start on two processors they would take nearly half of the
     * time that all threads take together.
     */
    public static void lowerCompilerPriority() {
        if (!Files.isDirectory(THREADS)) {
            return;
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                if (name(thread).startsWith(OPTIMIZING_COMPILER)) {
                    raise(thread);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.DEBUG, "Thread priorities cannot be set", e);
        }
    }

    /** The name of a thread of this process; empty where it has just ended. */
    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Lowers a thread's priority; one that has a lower one already keeps it. */
    private static void raise(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            // The name, in parentheses, may contain anything; niceness is the 17th field after it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (Integer.parseInt(fields[16]) < NICENESS) {
                set(Integer.parseInt(thread.getFileName().toString()), NICENESS);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The system does not report thread priorities", e);
        }
    }

    private static void set(int thread, int niceness) {
        try {
            Optional<MemorySegment> function =
                    Linker.nativeLinker().defaultLookup().find("setpriority");
            if (function.isEmpty()) {
                return;
            }
            MethodHandle setPriority = Linker.nativeLinker()
                    .downcallHandle(function.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
            int refused = (int) setPriority.invokeExact(PRIO_PROCESS, thread, niceness);
            if (refused != 0) {
                LOG.log(System.Logger.Level.DEBUG, "The system refuses a lower priority for thread {0}", thread);
            }
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            LOG.log(System.Logger.Level.DEBUG, "Thread priorities cannot be set", e);
        } catch (Throwable thrown) {
            throw new IllegalStateException("setpriority", thrown);
        }
    }
}
