package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The library of C kernels, loaded for the life of the process.
 *
 * <p>Inside the jar it is a resource. It is written to memory that has no name in any file system and loaded from there, which
 * works where no directory is writable or executable; a temporary file is the second choice.
 *
 * @param lookup finds its functions
 * @param source where it was loaded from
 * @param instructionSets one bit for each {@link InstructionSet} that it and this machine have
 */
public record NativeLibrary(SymbolLookup lookup, String source, int instructionSets) {

    private static volatile @Nullable NativeLibrary bundled;

    /**
     * Loads the library.
     *
     * @param file the one to load, or null for the one inside the jar
     * @throws UnavailableException when there is none for this machine, or it cannot be loaded
     */
    public static NativeLibrary load(@Nullable Path file) throws UnavailableException {
        if (file != null) {
            return open(file.toAbsolutePath().toString(), file.toString());
        }
        synchronized (NativeLibrary.class) {
            NativeLibrary loaded = bundled;
            if (loaded == null) {
                loaded = loadBundled();
                bundled = loaded;
            }
            return loaded;
        }
    }

    /** Whether it has kernels for an instruction set, and this machine runs them. */
    public boolean has(InstructionSet set) {
        return (instructionSets >>> set.code() & 1) != 0;
    }

    /** A function of the library. */
    public MethodHandle function(String name, FunctionDescriptor descriptor) throws UnavailableException {
        MemorySegment found = lookup.find(name)
                .orElseThrow(() -> new UnavailableException("the library from " + source + " lacks " + name));
        return Linker.nativeLinker().downcallHandle(found, descriptor);
    }

    private static NativeLibrary loadBundled() throws UnavailableException {
        String name = "META-INF/native/" + platform() + "/libaltiplano.so";
        byte[] bytes;
        try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new UnavailableException("no " + name + " on the class path");
            }
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new UnavailableException(name + " cannot be read: " + e.getMessage());
        }
        try {
            return openFromMemory(bytes, name);
        } catch (UnavailableException fromMemory) {
            try {
                return openFromTemporaryFile(bytes, name);
            } catch (UnavailableException fromFile) {
                throw new UnavailableException(fromMemory.getMessage() + "; " + fromFile.getMessage());
            }
        }
    }

    /** Such as {@code linux-x86_64}. */
    private static String platform() {
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ", 2)[0];
        return system + "-" + (machine.equals("amd64") ? "x86_64" : machine);
    }

    private static NativeLibrary openFromMemory(byte[] bytes, String name) throws UnavailableException {
        Linker linker = Linker.nativeLinker();
        MemorySegment create = linker.defaultLookup()
                .find("memfd_create")
                .orElseThrow(() -> new UnavailableException("this system has no memfd_create"));
        MemorySegment close = linker.defaultLookup().find("close").orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            int closeOnExec = 1;
            int file = (int) linker.downcallHandle(create, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT))
                    .invokeExact(arena.allocateFrom("altiplano"), closeOnExec);
            if (file < 0) {
                throw new UnavailableException("memfd_create was refused");
            }
            try {
                String path = "/proc/self/fd/" + file;
                try (OutputStream out = new FileOutputStream(path)) {
                    out.write(bytes);
                }
                return open(path, name + " (in memory)");
            } finally {
                int ignored = (int) linker.downcallHandle(close, FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                        .invokeExact(file);
            }
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw new UnavailableException("loading from memory failed: " + e.getMessage());
        }
    }

    private static NativeLibrary openFromTemporaryFile(byte[] bytes, String name) throws UnavailableException {
        try {
            Path file = Files.createTempFile(
                    "altiplano",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                Files.write(file, bytes);
                return open(file.toString(), name + " (by a temporary file)");
            } finally {
                Files.delete(file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new UnavailableException("no temporary file for it: " + e.getMessage());
        }
    }

    private static NativeLibrary open(String path, String source) throws UnavailableException {
        try {
            SymbolLookup lookup = SymbolLookup.libraryLookup(path, Arena.global());
            MemorySegment query = lookup.find("altiplano_instruction_sets")
                    .orElseThrow(() -> new UnavailableException(source + " is not a library of Altiplano's kernels"));
            check(lookup, source);
            int sets = (int) Linker.nativeLinker()
                    .downcallHandle(query, FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
            return new NativeLibrary(lookup, source, sets);
        } catch (UnavailableException e) {
            throw e;
        } catch (IllegalCallerException e) {
            throw new UnavailableException(
                    "native access is not enabled: start Java with --enable-native-access=ALL-UNNAMED");
        } catch (Throwable e) {
            throw new UnavailableException(source + " cannot be loaded: " + e.getMessage());
        }
    }

    private static void check(SymbolLookup lookup, String source) throws UnavailableException {
        try {
            NativeFacts.check(lookup);
        } catch (UnavailableException e) {
            throw new UnavailableException(source + " does not fit: " + e.getMessage());
        }
    }

    /** The instruction sets by name. */
    public List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (InstructionSet set : InstructionSet.values()) {
            if (has(set)) {
                labels.add(set.label());
            }
        }
        return labels;
    }

    /** Why the library is not there. */
    public static final class UnavailableException extends Exception {
        UnavailableException(String message) {
            super(message);
        }
    }
}
