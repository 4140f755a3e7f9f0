package dev.altiplano.server.ops;

import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Readiness: whether the model is loaded and takes requests, and if not, how far it is or why not. Being busy is being ready. */
@Component
final class ModelHealthIndicator implements HealthIndicator {

    private final EngineLifecycle lifecycle;

    ModelHealthIndicator(EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public Health health() {
        return switch (lifecycle.state()) {
            case EngineState.Ready(var engine) ->
                Health.up().withDetail("id", engine.card().id()).build();
            case EngineState.Loading(var phase, int percent) ->
                Health.outOfService()
                        .withDetail("phase", phase.name().toLowerCase(Locale.ROOT))
                        .withDetail("percent", percent)
                        .build();
            case EngineState.Failed(String reason) ->
                Health.outOfService()
                        .withDetail("phase", "failed")
                        .withDetail("reason", reason)
                        .build();
            case EngineState.Ended ended ->
                Health.outOfService()
                        .withDetail("phase", "ended")
                        .withDetail("reason", EngineHealthIndicator.ENDED)
                        .build();
            case EngineState.Draining draining ->
                Health.outOfService().withDetail("phase", "draining").build();
            case EngineState.Closed closed ->
                Health.outOfService().withDetail("phase", "closed").build();
        };
    }
}
