package dev.altiplano.tool.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final StringWriter written = new StringWriter();
    private long nowNs;

    @Test
    void drawsOverItselfOnATerminal() {
        try (ProgressBar bar = bar(true)) {
            nowNs = 50_000_000;
            bar.advanced(10_000_000, 100_000_000);
            assertThat(written.toString()).isEmpty();
            nowNs = 1_000_000_000;
            bar.advanced(50_000_000, 100_000_000);
            bar.advanced(60_000_000, 100_000_000);
        }
        assertThat(written.toString())
                .isEqualTo("\rmerge [" + "#".repeat(15) + "-".repeat(15)
                        + "]   50%  50.0 MB of 100 MB  50.0 MB/s  0:01 left\u001b[K" + System.lineSeparator());
    }

    @Test
    void writesALineForEveryTenthElsewhere() {
        try (ProgressBar bar = bar(false)) {
            for (int percent = 1; percent <= 100; percent++) {
                nowNs += 100_000_000;
                bar.advanced(percent * 1_000_000L, 100_000_000);
            }
        }
        assertThat(written.toString().lines())
                .hasSize(10)
                .first()
                .isEqualTo("merge  10%  10.0 MB of 100 MB  10.0 MB/s  0:09 left");
        assertThat(written.toString())
                .doesNotContain("\r[")
                .endsWith("100 MB of 100 MB  10.0 MB/s" + System.lineSeparator());
    }

    @Test
    void isSilentAboutWhatTakesNoTime() {
        try (ProgressBar bar = bar(false)) {
            bar.advanced(100, 100);
        }
        assertThat(written.toString()).isEmpty();
    }

    @Test
    void writesBytesForPeople() {
        assertThat(ByteText.of(999)).isEqualTo("999 bytes");
        assertThat(ByteText.of(1000)).isEqualTo("1.00 kB");
        assertThat(ByteText.of(999_600)).isEqualTo("1.00 MB");
        assertThat(ByteText.of(13_476_939_516L)).isEqualTo("13.5 GB");
        assertThat(ByteText.of(130_571_321_344L)).isEqualTo("131 GB");
    }

    private ProgressBar bar(boolean terminal) {
        return new ProgressBar("merge", new PrintWriter(written, true), terminal, () -> nowNs);
    }
}
