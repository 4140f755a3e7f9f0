package dev.altiplano.server.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Begins the load once the settings are known and before any bean is made: Spring's start and the engine's then share the
 * processors from the beginning. One for each start.
 */
final class EarlyLoad implements ApplicationListener<SpringApplicationEvent> {

    private @Nullable EngineLoad load;

    @Override
    public void onApplicationEvent(SpringApplicationEvent event) {
        if (event instanceof ApplicationPreparedEvent prepared && !GeneratedBeans.areBeingGenerated()) {
            ConfigurableApplicationContext context = prepared.getApplicationContext();
            load = EngineLoad.begin(
                    Binder.get(context.getEnvironment()).bindOrCreate("altiplano", AltiplanoProperties.class));
            context.getBeanFactory().registerSingleton("engineLoad", load);
        } else if (event instanceof ApplicationFailedEvent && load != null) {
            load.abandon();
        }
    }
}
