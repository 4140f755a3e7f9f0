package dev.altiplano.tool.console;

import java.util.Locale;

/** Numbers of bytes for people, in decimal units as disks are sold. */
public final class ByteText {

    private ByteText() {}

    public static String of(long bytes) {
        if (bytes < 1000) {
            return bytes + " bytes";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.5 && unit < 4) {
            value /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT,
                value < 9.995 ? "%.2f %sB" : value < 99.95 ? "%.1f %sB" : "%.0f %sB",
                value,
                "kMGTP".substring(unit, unit + 1));
    }
}
