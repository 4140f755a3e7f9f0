package dev.altiplano.engine.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What can be asked for to compute: a kind of backend, or an instruction set of the native one. */
public enum BackendName {
    /** The fastest that runs here. */
    AUTO,
    /** Native code with the best instruction set of this machine. */
    NATIVE,
    /** The Vector API. */
    VECTOR,
    /** Plain Java. */
    SCALAR,
    AVX2,
    AVX_VNNI,
    AVX512,
    AVX512_VNNI,
    AVX512_BF16,
    AMX,
    NEON_DOTPROD,
    NEON_I8MM;

    /** As a setting and a log line name it, for example {@code avx512-vnni}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The name that {@link #label} gives so.
     *
     * @throws IllegalArgumentException where there is none, with all labels
     */
    public static BackendName labelled(String label) {
        int index = labels().indexOf(label.strip().toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException(
                    "\"" + label + "\" is not a backend: choose " + String.join(", ", labels()));
        }
        return values()[index];
    }

    /** All labels, in the order of the backends. */
    public static List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (BackendName name : values()) {
            labels.add(name.label());
        }
        return labels;
    }
}
