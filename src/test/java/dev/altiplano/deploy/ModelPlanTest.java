package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The presets of the chart against the engine's own arithmetic of what weights and keys and values take. */
class ModelPlanTest {
    private static final long MIB = 1 << 20;

    /** KV bytes of a position are 2 (keys, values) x layers x heads of 128 x their bytes in I16. */
    @ParameterizedTest
    @CsvSource({
        "7B, F16, 6738415616, 32, 4096, 8",
        "7B, Q4_K, 6738415616, 32, 4096, 8",
        "13B, BF16, 13015864320, 40, 5120, 12",
        "13B, Q8_0, 13015864320, 40, 5120, 12",
        "30B, F16, 32528943616, 60, 6656, 24",
        "30B, Q5_1, 32528943616, 60, 6656, 24",
        "65B, F16, 65285660672, 80, 8192, 32",
        "65B, Q2_K, 65285660672, 80, 8192, 32",
        "65B, Q3_K, 65285660672, 80, 8192, 32"
    })
    void memoryHoldsWeightsCacheAndHeap(
            String size, WeightFormat format, long parameters, int layers, int hidden, int cpus) {
        Map<String, Object> server = server(size, format, "");
        WeightFormat held = format.nativeFormat();
        long weights = parameters / held.blockElements() * held.blockBytes() / MIB;
        long kv = 2L * layers * (hidden / 128) * KvFormat.I16.bytes(128) * 16384 / MIB;
        long least = weights + kv + 1024 + 1024;
        long memory = mib(Tree.text(server, "resources.limits.memory"));
        assertThat(memory).isBetween(least, least + weights * 31 / 100 + 2048);
        assertThat(Tree.text(server, "resources.limits.cpu")).isEqualTo(Integer.toString(cpus));
        assertThat(ChartRenderTest.variable(server, "ALTIPLANO_ENGINE_THREADS")).isEqualTo(Integer.toString(cpus));
        String cache = ChartRenderTest.variable(server, "ALTIPLANO_ENGINE_KVCACHESIZE");
        assertThat(Long.parseLong(cache.replace("MB", ""))).isBetween(kv, kv + 1);
    }

    /** A position of 13B takes 813 KiB. */
    @ParameterizedTest
    @CsvSource({"4Gi, 0, 5162", "204Mi, 256, 257"})
    void notesCountThePositionsOfACacheOfAGivenSize(String size, int context, int positions) {
        assertThat(Chart.notes(new Chart.Values(
                        "inline",
                        "{model: {size: 13B, source: pvc, pvc: {claimName: llama}}, engine: {kvCacheSize: " + size
                                + ", contextLength: " + context + "}}")))
                .contains("(" + positions + " positions)");
    }

    /** A file is read twice, for its checksum and for packing. */
    @ParameterizedTest
    @CsvSource({"7B, 200, 190, 300", "65B, 200, 1300, 1500", "65B, 20, 12800, 14000"})
    void theStartupProbeIsAsPatientAsTheStorageIsSlow(String size, int mibPerSecond, int least, int most) {
        Map<String, Object> server =
                server(size, WeightFormat.F16, "startup: {readMiBPerSecond: " + mibPerSecond + "}\n");
        long seconds = Tree.number(server, "startupProbe.failureThreshold")
                * Tree.number(server, "startupProbe.periodSeconds");
        assertThat(seconds).isBetween((long) least, (long) most);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7B", "65B"})
    void exactArithmeticTakesFourBytes(String size) {
        long stored = mib(Tree.text(server(size, WeightFormat.F16, ""), "resources.limits.memory"));
        long exact = mib(Tree.text(server(size, WeightFormat.F16, "", "f32"), "resources.limits.memory"));
        assertThat(exact).isBetween(stored * 18 / 10, stored * 2);
    }

    private static Map<String, Object> server(String size, WeightFormat format, String more) {
        return server(size, format, more, "file");
    }

    private static Map<String, Object> server(String size, WeightFormat format, String more, String weights) {
        String values = more + "model: {size: " + size + ", source: pvc, fileFormat: " + format + ", weights: "
                + weights + ", pvc: {claimName: llama}}\n";
        List<Map<String, Object>> objects = Chart.objects(Chart.render(values));
        return Tree.map(Tree.at(Chart.only(objects, "Deployment"), "spec.template.spec.containers.0"));
    }

    private static long mib(String quantity) {
        long number = Long.parseLong(quantity.substring(0, quantity.length() - 2));
        return quantity.endsWith("Gi") ? number * 1024 : number;
    }
}
