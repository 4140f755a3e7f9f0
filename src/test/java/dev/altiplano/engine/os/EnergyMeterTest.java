package dev.altiplano.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {

    @TempDir
    private Path powercap;

    private void zone(String name, long microjoules) throws IOException {
        Path folder = Files.createDirectories(powercap.resolve(name));
        Files.writeString(folder.resolve("energy_uj"), microjoules + "\n");
        Files.writeString(folder.resolve("max_energy_range_uj"), "10000000\n");
    }

    @Test
    void packagesAreAddedUpAndCountersStartOver() throws IOException {
        zone("intel-rapl:0", 9_000_000);
        zone("intel-rapl:0:0", 1);
        zone("intel-rapl:1", 0);
        EnergyMeter meter = new EnergyMeter(powercap);
        zone("intel-rapl:0", 1_000_000);
        zone("intel-rapl:0:0", 5_000_000);
        zone("intel-rapl:1", 4_000_000);
        assertThat(meter.joules().orElseThrow()).isCloseTo(6, within(1e-9));
        assertThat(meter.report(1.1, 0.385)).startsWith("energy: 6 J of the whole machine");
    }

    @Test
    void aMachineThatDoesNotTellIsNotGuessedAt() {
        EnergyMeter meter = new EnergyMeter(powercap.resolve("none"));
        assertThat(meter.joules()).isEmpty();
        assertThat(meter.report(1.1, 0.385)).contains("does not tell (there is no ");
    }

    @Test
    void carbonIsReckonedAsThePaperDoes() throws IOException {
        zone("intel-rapl:0", 0);
        EnergyMeter meter = new EnergyMeter(powercap);
        zone("intel-rapl:0", 7_200_000);
        assertThat(meter.text()).isEqualTo("7 J of the whole machine");
        // 7.2 J are 2e-6 kWh.
        assertThat(meter.report(1.5, 1e5))
                .endsWith("0.0000 kWh at a PUE of 1.50, 0.3000 kg CO2eq at 100000.000 kg/kWh");
    }
}
