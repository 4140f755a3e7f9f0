package dev.altiplano.server.ops;

import org.jspecify.annotations.Nullable;

/** The version of this program, as its jar tells it. */
public final class ProgramVersion {

    private ProgramVersion() {}

    /** {@code 1.2.3}, or {@code development} where it runs from no jar. */
    public static String text() {
        @Nullable String known = ProgramVersion.class.getPackage().getImplementationVersion();
        return known == null ? "development" : known;
    }
}
