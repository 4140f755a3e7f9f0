package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.quant.Packer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The kernels for aarch64, cross-compiled and run by qemu, against the scalar backend; on aarch64 itself other tests run them. */
@Tag("needs-aarch64-linux-gnu-gcc")
@Tag("needs-qemu-aarch64-static")
class Aarch64Test {

    private static final Path PROGRAM = Path.of("target/native-test/run_linear_aarch64");
    private static final Path EMULATOR = Path.of("/usr/bin/qemu-aarch64-static");

    @TempDir
    private Path folder;

    @TestFactory
    List<DynamicTest> kernelsHaveTheBitsOfTheScalarBackend() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        if (System.getProperty("os.arch").equals("aarch64")) {
            return tests;
        }
        assertThat(PROGRAM)
                .as("what the build makes with aarch64-linux-gnu-gcc")
                .exists();
        tests.add(DynamicTest.dynamicTest("instruction sets", () -> {
            int both = 1 << InstructionSet.NEON_DOTPROD.code() | 1 << InstructionSet.NEON_I8MM.code();
            assertThat(new String(run("max", null), java.nio.charset.StandardCharsets.US_ASCII).strip())
                    .isEqualTo(Integer.toString(both));
            assertThat(new String(run("cortex-a72", null), java.nio.charset.StandardCharsets.US_ASCII).strip())
                    .isEqualTo("0");
        }));
        for (InstructionSet set : List.of(InstructionSet.NEON_DOTPROD, InstructionSet.NEON_I8MM)) {
            for (WeightFormat format : WeightFormat.values()) {
                if (format.nativeFormat() == format) {
                    tests.add(DynamicTest.dynamicTest(set.label() + " " + format, () -> compare(set, format)));
                }
            }
        }
        return tests;
    }

    private void compare(InstructionSet set, WeightFormat format) throws Exception {
        Random random = new Random(format.ordinal());
        int columns = format.blockElements() == 256 ? 512 : format.quantized() ? 288 : 33;
        try (Kernels scalar = Backends.create(KernelOptions.of(BackendName.SCALAR, 1));
                Arena arena = Arena.ofShared()) {
            PackedMatrix[] stack = new PackedMatrix[2];
            int[] outputs = {17, 50};
            for (int i = 0; i < 2; i++) {
                byte[] bytes = TestMatrices.randomStored(format, outputs[i], columns, random);
                stack[i] = Packer.pack(
                        TestMatrices.source(bytes, format, columns),
                        outputs[i],
                        columns,
                        format,
                        format,
                        scalar.workers(),
                        arena);
            }
            for (int rows : new int[] {1, 3, 7, 16}) {
                MemorySegment in = TestMatrices.randomActivations(rows, columns, random, arena);
                MemorySegment out = arena.allocate(4L * rows * 67, 64);
                scalar.linear().multiply(stack, in, out, rows, rows, false);
                Path input = Files.write(folder.resolve("layer"), layer(stack, in, rows));
                byte[] computed = run("max", input, Integer.toString(set.code()), "3");
                assertThat(computed).isEqualTo(out.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    /** {@code struct codes} of formats.h. */
    private static byte[] codes(Codebook codebook) {
        ByteBuffer codes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        for (int code = 0; code < 16; code++) {
            codes.put((byte) (codebook.level(code) + 128));
        }
        return codes.putFloat(codebook.unit()).array();
    }

    private static byte[] layer(PackedMatrix[] stack, MemorySegment in, int rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        write(bytes, rows, rows, stack[0].columns(), stack.length);
        for (PackedMatrix matrix : stack) {
            write(bytes, matrix.rows(), matrix.format().packing().code());
            bytes.write(codes(matrix.format().codebook()));
        }
        bytes.write(in.toArray(ValueLayout.JAVA_BYTE));
        for (PackedMatrix matrix : stack) {
            bytes.write(matrix.data().toArray(ValueLayout.JAVA_BYTE));
        }
        return bytes.toByteArray();
    }

    private static void write(ByteArrayOutputStream bytes, int... numbers) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(numbers);
        bytes.write(buffer.array());
    }

    private byte[] run(String processor, Path input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                EMULATOR.toString(), "-cpu", processor, PROGRAM.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("outputs");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        assertThat(builder.start().waitFor()).isZero();
        return Files.readAllBytes(output);
    }
}
