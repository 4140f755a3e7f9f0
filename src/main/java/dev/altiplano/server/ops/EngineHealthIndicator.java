package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Liveness: down when the engine has work and has given no sign of life for too long, or when an error has ended it. Loading, idle and
 * busy are all alive.
 */
@Component
final class EngineHealthIndicator implements HealthIndicator {

    static final String ENDED = "an error has ended the engine; the log says which";

    private final EngineLifecycle lifecycle;
    private final Duration stuckAfter;

    EngineHealthIndicator(EngineLifecycle lifecycle, AltiplanoProperties properties) {
        this.lifecycle = lifecycle;
        this.stuckAfter = properties.engine().stuckAfter();
    }

    @Override
    public Health health() {
        if (lifecycle.state() instanceof EngineState.Ended) {
            return Health.down().withDetail("reason", ENDED).build();
        }
        Engine engine = lifecycle.engineOrNull();
        return engine == null ? Health.up().build() : of(engine.stats(), stuckAfter);
    }

    static Health of(EngineStats stats, Duration stuckAfter) {
        boolean stuck = stats.workPending() && stats.secondsSinceStep() > stuckAfter.toMillis() / 1e3;
        return (stuck ? Health.down() : Health.up())
                .withDetail("secondsSinceStep", stats.secondsSinceStep())
                .withDetail("workPending", stats.workPending())
                .build();
    }
}
