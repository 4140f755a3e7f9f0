package dev.altiplano.training.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The compiled {@code dense.c}: the best variant that this processor runs, or the reasons why there is none. */
final class TrainingLibrary {

    private static final List<String> X86 = List.of("avx512", "avx2", "generic");
    private static final List<String> OTHER = List.of("generic");

    private final SymbolLookup symbols;
    private final String variant;
    private final String source;

    private TrainingLibrary(SymbolLookup symbols, String variant, String source) {
        this.symbols = symbols;
        this.variant = variant;
        this.source = source;
    }

    String variant() {
        return variant;
    }

    String source() {
        return source;
    }

    /** Loads the first variant that works; adds to {@code rejected} why the ones before it do not. */
    static @Nullable TrainingLibrary load(Arena arena, ArrayList<String> rejected) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
        String platform = (os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : "linux")
                + (x86 ? "-x86_64" : "-aarch64");
        for (String variant : x86 ? X86 : OTHER) {
            String resource = "/META-INF/native/" + platform + "/altiplano-training-" + variant + ".so";
            try {
                TrainingLibrary library = new TrainingLibrary(open(resource, arena), variant, resource);
                if (library.supported()) {
                    return library;
                }
                rejected.add(variant + ": not supported by this processor");
            } catch (IOException | RuntimeException | LinkageError failure) {
                rejected.add(variant + ": " + failure.getMessage());
            }
        }
        return null;
    }

    /** Loads a library by way of a temporary file, which is gone afterwards. */
    static SymbolLookup open(String resource, Arena arena) throws IOException {
        try (InputStream in = TrainingLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource + " (built without a C compiler)");
            }
            Path file = Files.createTempFile("altiplano-training", ".so");
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, arena);
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }

    private boolean supported() {
        try {
            MethodHandle handle = Linker.nativeLinker()
                    .downcallHandle(
                            symbols.findOrThrow("altiplano_dense_supported"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT));
            return (int) handle.invokeExact() != 0;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A handle on a function without result. */
    MethodHandle find(String name, MemoryLayout... parameters) {
        return find(name, FunctionDescriptor.ofVoid(parameters));
    }

    MethodHandle find(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow("altiplano_dense_" + name), descriptor);
    }
}
