package dev.altiplano.engine.kernel;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What lies between matrix products on aarch64, cross-compiled and run by qemu; on aarch64 itself other tests run it. */
@Tag("needs-aarch64-linux-gnu-gcc")
@Tag("needs-qemu-aarch64-static")
class Aarch64LayerTest {

    private static final String EMULATED = TestLayers.EMULATED;
    private static final List<String> BOTH = List.of("scalar", EMULATED);

    @TestFactory
    List<DynamicTest> kernelsHaveTheBitsOfTheDefinition() {
        List<DynamicTest> tests = new ArrayList<>();
        if (System.getProperty("os.arch").equals("aarch64")) {
            return tests;
        }
        for (KvFormat format : KvFormat.values()) {
            tests.add(DynamicTest.dynamicTest("attention " + format, () -> attention(format)));
        }
        tests.add(DynamicTest.dynamicTest("norms and gates", () -> new RowsTest().normsAndGates(EMULATED)));
        tests.add(DynamicTest.dynamicTest(
                "selection and sums", () -> new RowsTest().selectionAndSumsOfExponentials(EMULATED)));
        IntegerAttentionTest integers = new IntegerAttentionTest();
        tests.add(DynamicTest.dynamicTest("largest sums", () -> integers.theLargestSumsStayInside32Bits(EMULATED)));
        tests.add(DynamicTest.dynamicTest(
                "no numbers", () -> integers.whatIsNoNumberReachesThoseWhoSeeItAlone(EMULATED)));
        tests.add(DynamicTest.dynamicTest("zeros", () -> integers.zerosGiveZeros(EMULATED)));
        return tests;
    }

    private static void attention(KvFormat format) {
        int[] dims = {16, 20, 64, 80, 128};
        int[] groups = {1, 3, 8};
        int[] windows = {0, 17, 256, 0, 300};
        for (int i = 0; i < dims.length; i++) {
            int group = groups[i % groups.length];
            int kvHeads = 1 + i % 2;
            int blockTokens = 16 * (1 + i % 4);
            AttentionTest.compare(
                    BOTH, format, group * kvHeads, kvHeads, dims[i], blockTokens, windows[i], 1, 18, 65, 310);
        }
    }
}
