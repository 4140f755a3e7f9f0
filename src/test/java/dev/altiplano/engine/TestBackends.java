package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import java.util.ArrayList;
import java.util.List;

/** Ways to compute that this machine has. */
final class TestBackends {

    /** All that any machine may have; the others say that they are not here. */
    private static final List<String> ALL = List.of(
            "scalar",
            "vector",
            "avx2",
            "avx-vnni",
            "avx512",
            "avx512-vnni",
            "avx512-bf16",
            "amx",
            "neon-dotprod",
            "neon-i8mm");

    private TestBackends() {}

    static List<String> here() {
        List<String> here = new ArrayList<>();
        for (String backend : ALL) {
            try (Kernels kernels = Backends.create(KernelOptions.of(BackendName.labelled(backend), 1))) {
                here.add(backend);
                assertThat(kernels.backend().toString()).contains(backend);
            } catch (IllegalArgumentException notHere) {
                assertThat(notHere).hasMessageContaining(backend);
            }
        }
        assertThat(here).contains("scalar").hasSizeGreaterThan(1);
        return here;
    }
}
