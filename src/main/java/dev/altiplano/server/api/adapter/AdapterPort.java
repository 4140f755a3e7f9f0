package dev.altiplano.server.api.adapter;

import dev.altiplano.server.api.ServedModel;
import dev.altiplano.server.api.body.RequestBodyReader;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.InvalidSettingException;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import java.util.Objects;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

/**
 * Puts the adapters' routes on a management port of its own, where a folder is configured: who reaches clients' port must not
 * change what is served. Listed in {@code META-INF/spring} and deliberately no {@code @Configuration}: scanning would find it.
 */
final class AdapterPort {

    /** Refuses a folder where there is no such port. */
    @Bean
    @ConditionalOnProperty("altiplano.adapter-route.dir")
    @ConditionalOnManagementPort(ManagementPortType.SAME)
    ServletRegistrationBean<AdapterServlet> noAdapterRoutes(AltiplanoProperties properties) {
        throw new InvalidSettingException(
                "altiplano.adapter-route.dir",
                properties.adapterRoute().dir(),
                "set only where management.server.port names a separate management port");
    }

    @Bean
    @ConditionalOnProperty("altiplano.adapter-route.dir")
    @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
    ServletRegistrationBean<AdapterServlet> adapterRoutes(
            EngineLifecycle lifecycle,
            ServedModel model,
            RequestBodyReader bodies,
            ErrorMapper errors,
            AltiplanoProperties properties) {
        AdapterFolder folder = new AdapterFolder(
                Objects.requireNonNull(properties.adapterRoute().dir()));
        return new ServletRegistrationBean<>(
                new AdapterServlet(lifecycle, model, bodies, errors, folder),
                AdapterServlet.LOAD,
                AdapterServlet.UNLOAD);
    }
}
