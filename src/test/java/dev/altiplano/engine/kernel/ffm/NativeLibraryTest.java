package dev.altiplano.engine.kernel.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    @TempDir
    private Path folder;

    private static byte[] library() throws Exception {
        String platform = System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x86_64";
        try (InputStream in =
                NativeLibraryTest.class.getResourceAsStream("/META-INF/native/" + platform + "/libaltiplano.so")) {
            return in.readAllBytes();
        }
    }

    @Test
    void needsNoOtherLibrary() throws Exception {
        ByteBuffer elf = ByteBuffer.wrap(library()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(elf.getInt(0)).isEqualTo(0x464c457f);
        int headers = (int) elf.getLong(32);
        boolean dynamic = false;
        for (int i = 0; i < elf.getShort(56); i++) {
            int header = headers + i * elf.getShort(54);
            if (elf.getInt(header) != 2) {
                continue;
            }
            dynamic = true;
            int offset = (int) elf.getLong(header + 8);
            for (int at = offset; elf.getLong(at) != 0; at += 16) {
                assertThat(elf.getLong(at)).as("DT_NEEDED").isNotEqualTo(1);
            }
        }
        assertThat(dynamic).isTrue();
    }

    @Test
    void isLoadedFromMemory() throws Exception {
        assertThat(NativeLibrary.load(null).source()).endsWith("libaltiplano.so (in memory)");
    }

    /** A library whose structures lie elsewhere would read what was written for another one. */
    @Test
    void isRefusedWhereItsStructuresAreOthers() throws Exception {
        for (String fact :
                new String[] {"linear_job.stack", "matrix.codes.unit", "attention.scale", "part", "CODED_K"}) {
            byte[] bytes = library();
            int at = indexOf(bytes, ('\0' + fact + '\0').getBytes(java.nio.charset.StandardCharsets.US_ASCII)) + 1;
            bytes[at + 40] += 4;
            Path file = Files.write(folder.resolve(fact + ".so"), bytes);
            assertThatThrownBy(() -> NativeLibrary.load(file))
                    .hasMessageContaining(fact + ".so does not fit: its " + fact + " is ")
                    .hasMessageContaining("build it again from src/main/c");
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not found");
    }

    @Test
    void isLoadedFromAFileThatIsNamed() throws Exception {
        Path file = Files.write(folder.resolve("kernels.so"), library());
        NativeLibrary named = NativeLibrary.load(file);
        assertThat(named.source()).isEqualTo(file.toString());
        assertThat(named.labels()).isEqualTo(NativeLibrary.load(null).labels());
    }

    @Test
    void aLibraryForAnotherArchitectureGivesWayToJava() throws Exception {
        byte[] elf = library();
        int machine = 18;
        int mips = 8;
        ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN).putShort(machine, (short) mips);
        Path file = Files.write(folder.resolve("kernels.so"), elf);
        try (Kernels kernels = Backends.create(new KernelOptions(BackendName.AUTO, 1, file))) {
            assertThat(kernels.backend().name()).isNotEqualTo("native");
            assertThat(kernels.backend().rejected()).anyMatch(reason -> reason.contains("kernels.so cannot be loaded"));
        }
    }

    @Test
    void saysWhyAFileIsNotALibrary() throws Exception {
        Path file = Files.writeString(folder.resolve("kernels.so"), "not an ELF file");
        assertThatThrownBy(() -> NativeLibrary.load(file)).hasMessageContaining("kernels.so cannot be loaded");
        assertThatThrownBy(() -> NativeLibrary.load(folder.resolve("absent.so")))
                .hasMessageContaining("absent.so cannot be loaded");
        KernelOptions options = new KernelOptions(BackendName.NATIVE, 1, file);
        assertThatThrownBy(() -> Backends.create(options)).hasMessageContaining("\"native\" does not run here");
        try (Kernels kernels = Backends.create(new KernelOptions(BackendName.AUTO, 1, file))) {
            assertThat(kernels.backend().name()).isNotEqualTo("native");
            assertThat(kernels.backend().rejected()).anyMatch(reason -> reason.contains("kernels.so cannot be loaded"));
        }
    }
}
