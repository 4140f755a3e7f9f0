package dev.altiplano.engine.request;

import java.lang.System.Logger;

/** Logs a failure where nothing may fail any more. */
public final class LastWords {

    private LastWords() {}

    /** Says it if that is possible. */
    public static void log(Logger log, String what, Throwable cause) {
        try {
            log.log(Logger.Level.ERROR, what, cause);
        } catch (RuntimeException | Error e) {
            // Nothing is left to say it with.
        }
    }
}
