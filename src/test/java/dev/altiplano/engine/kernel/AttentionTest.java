package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.AttentionScene.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rotation, KV memory and attention: every backend gives the scalar one's bits, however the work is cut. */
@Execution(ExecutionMode.CONCURRENT)
class AttentionTest {

    static List<String> all() {
        return TestLayers.all().toList();
    }

    @Test
    void everyShapeGivesTheBitsOfTheDefinition() {
        int[] dims = {2, 6, 16, 20, 32, 40, 64, 66, 80, 96, 128};
        int[] groups = {1, 2, 4, 8, 3, 7};
        for (KvFormat format : KvFormat.values()) {
            for (int i = 0; i < dims.length; i++) {
                int group = groups[i % groups.length];
                int kvHeads = 1 + i % 3;
                compare(all(), format, group * kvHeads, kvHeads, dims[i], 16 * (1 + i % 4), 0, 1, 18, 65, 259);
            }
        }
    }

    /** Heads wider than a tile, more queries for a KV head than a tile has, and KV blocks longer than a section. */
    @Test
    void everyLargeShapeGivesTheBitsOfTheDefinition() {
        for (KvFormat format : KvFormat.values()) {
            compare(all(), format, 2, 1, 144, 512, 0, 30, 270);
            compare(all(), format, 3, 3, 256, 1024, 0, 18, 259);
            compare(all(), format, 70, 1, 20, 128, 0, 9, 40);
            compare(all(), format, 200, 2, 32, 64, 100, 5, 270);
        }
    }

    /** Every backend of {@code names} leaves the same outputs, rows and KV memory. */
    static void compare(
            List<String> names,
            KvFormat format,
            int heads,
            int kvHeads,
            int headDim,
            int blockTokens,
            int window,
            int... lengths) {
        List<float[]> expected = new ArrayList<>();
        byte[] memory = null;
        for (String name : names) {
            String what =
                    name + " " + format + " heads " + heads + "/" + kvHeads + " of " + headDim + " window " + window;
            List<float[]> results = new ArrayList<>();
            try (TestLayers layers = new TestLayers(name, 2);
                    AttentionScene scene = new AttentionScene(format, heads, kvHeads, headDim, blockTokens, 5, lengths)
                            .windowed(window)) {
                steps(layers.layer, scene, results, lengths);
                byte[] bytes = scene.kvBytes();
                if (memory == null) {
                    memory = bytes;
                    expected = results;
                }
                assertThat(Arrays.equals(bytes, memory)).as("KV memory " + what).isTrue();
            }
            assertSame(what, results, expected);
        }
    }

    /** All but the last row of each sequence as a prompt, in two steps, then one row of each. */
    private static void steps(LayerKernels layer, AttentionScene scene, List<float[]> results, int... lengths) {
        List<Piece> first = new ArrayList<>();
        List<Piece> second = new ArrayList<>();
        List<Piece> last = new ArrayList<>();
        for (int s = 0; s < lengths.length; s++) {
            int prompt = lengths[s] - 1;
            if (prompt > 0) {
                first.add(new Piece(s, 0, (prompt + 1) / 2));
            }
            if (prompt > 1) {
                second.add(new Piece(s, (prompt + 1) / 2, prompt / 2));
            }
            last.add(new Piece(s, prompt, 1));
        }
        scene.step(layer, results, first.toArray(Piece[]::new));
        scene.step(layer, results, second.toArray(Piece[]::new));
        scene.step(layer, results, last.toArray(Piece[]::new));
    }

    @ParameterizedTest
    @MethodSource("all")
    void chunksOfAPromptChangeNothing(String name) {
        try (TestLayers layers = new TestLayers(name, 2)) {
            for (KvFormat format : KvFormat.values()) {
                List<float[]> whole = null;
                for (int chunk : new int[] {1000, 1, 7, 64}) {
                    try (AttentionScene scene = new AttentionScene(format, 6, 2, 32, 32, chunk, 300)) {
                        List<float[]> result = scene.prefill(layers.layer, 0, chunk);
                        whole = whole == null ? result : whole;
                        assertSame(name + " " + format + " in chunks of " + chunk, result, whole);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void rowsBesideAndSizeOfKvBlocksChangeNothing(String name) {
        try (TestLayers layers = new TestLayers(name, 2)) {
            for (KvFormat format : KvFormat.values()) {
                List<float[]> alone;
                try (AttentionScene scene = new AttentionScene(format, 8, 1, 64, 32, 1, 300)) {
                    alone = scene.prefill(layers.layer, 0, 290);
                }
                try (AttentionScene scene = new AttentionScene(format, 8, 1, 64, 48, 2, 300, 40, 513)) {
                    List<float[]> together = new ArrayList<>();
                    scene.step(layers.layer, together, new Piece(0, 0, 290), new Piece(2, 0, 512));
                    List<float[]> later = new ArrayList<>();
                    scene.step(layers.layer, later, new Piece(2, 512, 1), new Piece(0, 290, 10), new Piece(1, 0, 40));
                    List<float[]> own = new ArrayList<>(together.subList(0, 290));
                    own.addAll(later.subList(1, 11));
                    assertSame(name + " " + format, own, alone);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void threadsChangeNothing(String name) {
        for (int kvHeads : new int[] {1, 4}) {
            KvFormat format = kvHeads == 1 ? KvFormat.I16 : KvFormat.F16;
            List<float[]> first = null;
            for (int threads : new int[] {1, 2, 3}) {
                try (TestLayers layers = new TestLayers(name, threads);
                        AttentionScene scene = new AttentionScene(format, 8, kvHeads, 16, 16, threads, 800, 3)) {
                    List<float[]> result = new ArrayList<>();
                    scene.step(layers.layer, result, new Piece(0, 0, 799), new Piece(1, 0, 2));
                    // Long enough for one row to be cut into sections.
                    scene.step(layers.layer, result, new Piece(1, 2, 1), new Piece(0, 799, 1));
                    first = first == null ? result : first;
                    assertSame(name + " with " + threads + " threads", result, first);
                }
            }
        }
    }

    @Test
    void everyWindowGivesTheBitsOfTheDefinition() {
        int[] windows = {1, 2, 17, 64, 255, 256, 257, 300, 700};
        int[] dims = {16, 20, 64};
        for (KvFormat format : KvFormat.values()) {
            for (int i = 0; i < windows.length; i++) {
                int heads = i % 2 == 0 ? 2 : 9;
                int blockTokens = 16 * (1 + i % 3);
                compare(all(), format, heads, 1, dims[i % dims.length], blockTokens, windows[i], 18, 620, 259);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aWindowDoesNotDependOnChunksOrThreads(String name) {
        for (int window : new int[] {40, 600}) {
            for (KvFormat format : List.of(KvFormat.I16, KvFormat.F16)) {
                List<float[]> whole = null;
                for (int chunk : new int[] {900, 1, 64, 300}) {
                    try (TestLayers layers = new TestLayers(name, chunk == 64 ? 1 : 3);
                            AttentionScene scene =
                                    new AttentionScene(format, 4, 2, 16, 32, chunk, 900).windowed(window)) {
                        List<float[]> result = scene.prefill(layers.layer, 0, chunk);
                        whole = whole == null ? result : whole;
                        assertSame(name + " " + format + " window " + window + " in chunks of " + chunk, result, whole);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aWindowWiderThanTheSequenceChangesNothing(String name) {
        try (TestLayers layers = new TestLayers(name, 2);
                AttentionScene plain = new AttentionScene(KvFormat.I16, 4, 2, 32, 32, 1, 600);
                AttentionScene wide = new AttentionScene(KvFormat.I16, 4, 2, 32, 32, 1, 600).windowed(600)) {
            assertSame(name, wide.prefill(layers.layer, 0, 200), plain.prefill(layers.layer, 0, 200));
        }
    }

    private static void assertSame(String what, List<float[]> actual, List<float[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int row = 0; row < expected.size(); row++) {
            int at = Arrays.mismatch(actual.get(row), expected.get(row));
            if (at >= 0) {
                assertThat(actual.get(row)[at])
                        .as(what + ": row " + row + " element " + at)
                        .isEqualTo(expected.get(row)[at]);
            }
        }
        assertThat(expected).as(what).allMatch(AttentionTest::isFinite);
    }

    private static boolean isFinite(float[] row) {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
