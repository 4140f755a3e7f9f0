package dev.altiplano.engine.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The energy that the processor packages have used since the meter was made, where Linux tells it (RAPL, {@code
 * /sys/class/powercap}). It counts everything that runs on the machine. Belongs to one thread; ask at least once in a few
 * minutes, because the counters of the hardware start over.
 */
public final class EnergyMeter {

    private static final Path POWERCAP = Path.of("/sys/class/powercap");

    private record Zone(Path energy, long rangeMicrojoules) {}

    private final List<Zone> zones = new ArrayList<>();
    private final List<Long> last = new ArrayList<>();
    private final String reason;
    private long microjoules;

    public EnergyMeter() {
        this(POWERCAP);
    }

    EnergyMeter(Path powercap) {
        String problem = "there is no " + powercap;
        if (Files.isDirectory(powercap)) {
            problem = powercap + " has no processor package";
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(powercap, "*-rapl:[0-9]*")) {
                for (Path folder : folders) {
                    if (folder.getFileName()
                                    .toString()
                                    .chars()
                                    .filter(c -> c == ':')
                                    .count()
                            == 1) {
                        Path energy = folder.resolve("energy_uj");
                        last.add(read(energy));
                        zones.add(new Zone(energy, read(folder.resolve("max_energy_range_uj"))));
                    }
                }
            } catch (IOException | NumberFormatException e) {
                zones.clear();
                problem = "the energy counters cannot be read: " + e;
            }
        }
        reason = problem;
    }

    private static long read(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    /** Joules so far; empty where the machine does not tell. */
    public OptionalDouble joules() {
        OptionalLong used = microjoules();
        return used.isPresent() ? OptionalDouble.of(used.getAsLong() * 1e-6) : OptionalDouble.empty();
    }

    /** Microjoules so far; empty where the machine does not tell. */
    public OptionalLong microjoules() {
        if (zones.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            for (int i = 0; i < zones.size(); i++) {
                long now = read(zones.get(i).energy());
                long used = now - last.get(i);
                microjoules += used >= 0 ? used : used + zones.get(i).rangeMicrojoules();
                last.set(i, now);
            }
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(microjoules);
    }

    /** Why {@link #joules()} is empty. */
    public String reason() {
        return reason;
    }

    /** The energy for people, or why the machine does not tell. */
    public String text() {
        OptionalDouble used = joules();
        return used.isPresent()
                ? String.format(Locale.ROOT, "%.0f J of the whole machine", used.getAsDouble())
                : "this machine does not tell (" + reason + ")";
    }

    /**
     * The energy and what it emits, for people: energy · PUE · carbon factor, as the LLaMA paper reckons (Touvron et al. 2023,
     * section 6).
     *
     * @param pue power usage effectiveness of the data centre; the paper takes 1.1
     * @param carbonFactor kg of CO₂ equivalent for a kWh; the paper takes 0.385
     */
    public String report(double pue, double carbonFactor) {
        OptionalDouble used = joules();
        if (used.isEmpty()) {
            return "energy: " + text();
        }
        double kwh = used.getAsDouble() / 3.6e6 * pue;
        return String.format(
                Locale.ROOT,
                "energy: %.0f J of the whole machine, %.4f kWh at a PUE of %.2f, %.4f kg CO2eq at %.3f kg/kWh",
                used.getAsDouble(),
                kwh,
                pue,
                kwh * carbonFactor,
                carbonFactor);
    }
}
