package dev.altiplano.engine.kernel.ffm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the native kernels can be told to use; numbered as in altiplano.h. */
public enum InstructionSet {
    AVX2("avx2"),
    AVX_VNNI("avx2"),
    AVX512("avx512"),
    AVX512_VNNI("avx512"),
    AVX512_BF16("avx512"),
    AMX("avx512"),
    NEON_DOTPROD("neon"),
    NEON_I8MM("neon");

    private final String layerKernels;

    InstructionSet(String layerKernels) {
        this.layerKernels = layerKernels;
    }

    /** The ending of the names of kernels that are not matrix products. */
    public String layerKernels() {
        return layerKernels;
    }

    /** As a setting and a log line name it, for example {@code avx512-vnni}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The set that {@link #label} names so. */
    public static InstructionSet labelled(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether processors of this machine's architecture can have it. */
    public boolean ofThisArchitecture() {
        return System.getProperty("os.arch").equals("aarch64") == layerKernels.equals("neon");
    }

    /** All labels. */
    public static List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (InstructionSet set : values()) {
            labels.add(set.label());
        }
        return labels;
    }
}
