package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.LoadListener;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the engine's load progress into whole percents, and into a log line every 10 %. Used by the loading thread. */
final class LoadProgress implements LoadListener {

    private static final Logger log = LoggerFactory.getLogger(LoadProgress.class);
    /** A model that loads in no time need not fill the log. */
    private static final long LEAST_NANOS_BETWEEN_LINES = TimeUnit.MILLISECONDS.toNanos(250);

    private final ObjIntConsumer<Phase> listener;
    private Phase phase = Phase.OPENING;
    private int percent = -1;
    private int loggedTenth;
    private long loggedAt = System.nanoTime();

    LoadProgress(ObjIntConsumer<Phase> listener) {
        this.listener = listener;
    }

    @Override
    public void progress(Phase newPhase, long done, long total) {
        int newPercent = (int) Math.clamp((double) done / Math.max(1, total) * 100, 0, 100);
        if (newPhase == phase && newPercent == percent) {
            return;
        }
        if (newPhase != phase) {
            loggedTenth = 0;
        }
        phase = newPhase;
        percent = newPercent;
        listener.accept(newPhase, newPercent);
        long now = System.nanoTime();
        if (newPhase != Phase.READY && newPercent / 10 > loggedTenth && now - loggedAt >= LEAST_NANOS_BETWEEN_LINES) {
            loggedTenth = newPercent / 10;
            loggedAt = now;
            log.info("Loading the model: {} {} %", label(newPhase), newPercent);
        }
    }

    private static String label(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
