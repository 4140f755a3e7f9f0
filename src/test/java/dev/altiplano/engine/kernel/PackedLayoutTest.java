package dev.altiplano.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.kernel.quant.Packer;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * Packed weights outlive the process, and {@link PackedLayout#NAME} alone says whether a later build may read them. So what it
 * names is recorded here: a checksum of the packed bytes of each format, and of what its codes stand for.
 */
class PackedLayoutTest {

    private static final int ROWS = 19;

    /** {@code stored > held checksum}. If one of them has to change, the name on the first line must change with it. */
    private static final String RECORDED = """
            strips of 16, panels of 256, version 2
            F32 > F32 762b598b
            F16 > F16 6fe17861
            BF16 > BF16 6eabc484
            Q8_0 > Q8_0 8593d739
            Q4_0 > Q4_0 d0093890
            Q4_1 > Q8_0 c9af18e6
            Q5_0 > Q8_0 0b64c50e
            Q5_1 > Q8_0 35e97fe5
            Q2_K > Q8_0 e6f1391a
            Q3_K > Q6_K 9d780e95
            Q4_K > Q4_K 107a95ba
            Q5_K > Q5_K 0c79aa2b
            Q6_K > Q6_K 446431ed
            Q8_K > Q8_0 afa52fb7
            IQ1_S > IQ1_S f9fc6748
            IQ1_M > IQ1_M 026b9674
            IQ2_XXS > IQ2_XXS 4c9be5d5
            IQ2_XS > IQ2_XS 96578ec8
            IQ2_S > IQ2_S a5b6d1ff
            IQ3_XXS > IQ3_XXS 7af50282
            IQ3_S > IQ3_S d5cc0c2a
            IQ4_NL > IQ4_NL 06f04d90
            IQ4_XS > IQ4_XS 3b02d1b4
            TQ1_0 > TQ1_0 b68b3253
            TQ2_0 > TQ2_0 624d059b
            MXFP4 > MXFP4 b7962244
            F32 > F32 762b598b
            F32 > F16 6fe17861
            F32 > BF16 6eabc484
            F32 > Q8_0 ed788987
            F32 > Q6_K 32a65abb
            F32 > Q5_K 9395cc28
            F32 > Q4_K e981df6c
            F32 > Q4_0 4a7c2a43
            """;

    @Test
    void isRecordedUnderItsName() {
        StringBuilder found = new StringBuilder(PackedLayout.NAME).append('\n');
        try (Kernels kernels = Backends.create(KernelOptions.of(BackendName.SCALAR, 1))) {
            for (WeightFormat stored : WeightFormat.values()) {
                found.append(line(stored, stored.nativeFormat(), kernels));
            }
            for (WeightFormat held : WeightFormat.TARGETS) {
                found.append(line(WeightFormat.F32, held, kernels));
            }
        }
        assertThat(found)
                .as(
                        "packed bytes and their name; a change of one without the other gives wrong weights from old copies")
                .hasToString(RECORDED);
    }

    private static String line(WeightFormat stored, WeightFormat held, Kernels kernels) {
        // A whole panel and a shorter one where the formats have such.
        int columns = stored.blockElements() == 256 || held.blockElements() == 256 ? 512 : 352;
        byte[] bytes = TestMatrices.randomStored(stored, ROWS, columns, new Random(7));
        if (stored == WeightFormat.MXFP4) {
            for (int block = 0; block < bytes.length / stored.blockBytes(); block++) {
                bytes[block * stored.blockBytes()] = (byte) block;
            }
        }
        try (Arena arena = Arena.ofShared()) {
            PackedMatrix packed = Packer.pack(
                    TestMatrices.source(bytes, stored, columns), ROWS, columns, stored, held, kernels.workers(), arena);
            CRC32 checksum = new CRC32();
            checksum.update(packed.data().asByteBuffer());
            for (int code = 0; code < 16; code++) {
                checksum.update(held.codebook().level(code));
            }
            checksum.update(Math.getExponent(held.codebook().unit()));
            return "%s > %s %08x\n".formatted(stored, held, checksum.getValue());
        }
    }
}
