package dev.altiplano.server.lifecycle;

import dev.altiplano.server.config.AltiplanoProperties;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Ends the process some time after a load that failed: long enough to ask it why, not for ever beside one that would work. */
@Component
final class FailureExit implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(FailureExit.class);

    private final Duration after;
    private volatile boolean stopped;

    FailureExit(AltiplanoProperties properties) {
        after = properties.model().exitAfterFailure();
    }

    @EventListener
    void failed(EngineState.Failed failure) {
        if (after.isZero()) {
            return;
        }
        log.error("The process ends in {} s (altiplano.model.exit-after-failure)", after.toSeconds());
        Thread.ofVirtual().name("altiplano-failure-exit").start(this::exitLater);
    }

    private void exitLater() {
        try {
            Thread.sleep(after);
        } catch (InterruptedException e) {
            return;
        }
        if (!stopped) {
            // Not from a thread that Spring's shutdown waits for.
            Runtime.getRuntime().exit(1);
        }
    }

    @Override
    public void destroy() {
        stopped = true;
    }
}
