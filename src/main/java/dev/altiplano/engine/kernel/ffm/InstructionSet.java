package dev.altiplano.engine.kernel.ffm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the native kernels can be told to use; with the numbers of altiplano.h. */
public enum InstructionSet {
    AVX2(0, "avx2"),
    AVX_VNNI(1, "avx2"),
    AVX512(2, "avx512"),
    AVX512_VNNI(3, "avx512_vnni"),
    AVX512_BF16(4, "avx512_vnni"),
    AMX(5, "avx512_vnni"),
    NEON_DOTPROD(6, "neon"),
    NEON_I8MM(7, "neon");

    private final int code;
    private final String layerKernels;

    InstructionSet(int code, String layerKernels) {
        this.code = code;
        this.layerKernels = layerKernels;
    }

    /** The number by which the library knows it. */
    public int code() {
        return code;
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
