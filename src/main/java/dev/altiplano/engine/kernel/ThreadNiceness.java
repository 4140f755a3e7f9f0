package dev.altiplano.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * How readily a thread lets others of its process go first when processors are short. Java's own thread priorities do nothing on
 * Linux without flags; there each thread has a nice value, and hands it on to the threads that it starts.
 */
public final class ThreadNiceness {

    private static final System.Logger LOG = System.getLogger(ThreadNiceness.class.getName());

    /** Against a thread that computes and stands back, one that answers gets three times the processor. */
    static final int OF_COMPUTING = 5;

    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    private ThreadNiceness() {}

    /**
     * Makes the calling thread stand back, and the threads that it starts from now on; for good, since going back needs
     * privileges. Where the system does not let it everything works as well, only less evenly.
     */
    public static void standBack() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return;
        }
        try {
            Optional<MemorySegment> function =
                    Linker.nativeLinker().defaultLookup().find("setpriority");
            if (function.isEmpty()) {
                return;
            }
            MethodHandle setPriority = Linker.nativeLinker()
                    .downcallHandle(function.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
            int refused = (int) setPriority.invokeExact(PRIO_PROCESS, CALLING_THREAD, OF_COMPUTING);
            if (refused != 0) {
                LOG.log(System.Logger.Level.DEBUG, "The system does not let compute threads stand back");
            }
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            LOG.log(System.Logger.Level.DEBUG, "Compute threads do not stand back", e);
        } catch (Throwable thrown) {
            throw new IllegalStateException("setpriority", thrown);
        }
    }
}
