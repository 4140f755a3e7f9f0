package dev.altiplano.evaluation.report;

import java.util.Locale;

/**
 * The energy of a run, and what it emits: energy · PUE · carbon factor (Touvron et al. 2023, section 6).
 *
 * @param joules NaN where nobody knows
 * @param source what told it: a meter, or a configured number of watts
 * @param pue power usage effectiveness of the data centre
 * @param carbonFactor kg of CO₂ equivalent for a kWh
 */
public record EnergyUse(double joules, String source, double pue, double carbonFactor) {

    /** What the paper takes for the data centre. */
    public static final double PUE = 1.1;

    /** kg of CO₂ equivalent for a kWh: the average of the United States, which the paper takes. */
    public static final double CARBON_FACTOR = 0.385;

    /** Nobody knows, for {@code reason}. */
    public static EnergyUse unknown(String reason) {
        return new EnergyUse(Double.NaN, reason, PUE, CARBON_FACTOR);
    }

    /** A configured number of watts for so long. */
    public static EnergyUse configured(double watts, double seconds, double pue, double carbonFactor) {
        return new EnergyUse(
                watts * seconds,
                String.format(Locale.ROOT, "%.0f W as configured, not measured", watts),
                pue,
                carbonFactor);
    }

    public boolean known() {
        return !Double.isNaN(joules);
    }

    /** kg of CO₂ equivalent. */
    public double carbonDioxideKg() {
        return joules / 3.6e6 * pue * carbonFactor;
    }

    /**
     * One line for people.
     *
     * @param right right answers; 0 where nothing was right or wrong
     */
    public String text(long tokens, long right) {
        if (!known()) {
            return "energy: unknown (" + source + ")";
        }
        String each = tokens == 0 ? "" : String.format(Locale.ROOT, ", %.4f J a token", joules / tokens);
        String eachRight = right == 0 ? "" : String.format(Locale.ROOT, ", %.4f J a right answer", joules / right);
        return String.format(
                Locale.ROOT,
                "energy: %.1f J (%s)%s%s, %.2e kg CO2eq at a PUE of %.2f and %.3f kg/kWh",
                joules,
                source,
                each,
                eachRight,
                carbonDioxideKg(),
                pue,
                carbonFactor);
    }
}
