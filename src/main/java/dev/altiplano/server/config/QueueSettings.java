package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.checked;

import dev.altiplano.engine.EngineOptions;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What may wait, and how long. Ranges are those of {@link EngineOptions.Queue}, which checks them.
 *
 * @param capacity Maximum of requests waiting; one more is answered 429.
 * @param tokens Maximum of prompt tokens waiting, over all requests.
 * @param timeout Deadline of a request that names none, from its arrival to its last token.
 * @param maxTimeout Longest deadline that a request may name.
 */
public record QueueSettings(
        @DefaultValue("256") int capacity,
        @DefaultValue("1048576") long tokens,
        @DefaultValue("10m") Duration timeout,
        @DefaultValue("1h") Duration maxTimeout) {

    EngineOptions.Queue options() {
        return checked("altiplano.", () -> new EngineOptions.Queue(capacity, tokens, timeout, maxTimeout));
    }
}
