package dev.altiplano.server.ops;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** {@code /health} and its groups, for tools that look for them there. */
@Configuration(proxyBeanMethods = false)
class HealthAliases implements WebMvcConfigurer {

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        alias(registry, "/health", "/actuator/health");
        alias(registry, "/health/liveness", "/actuator/health/liveness");
        alias(registry, "/health/readiness", "/actuator/health/readiness");
        alias(registry, "/livez", "/actuator/health/liveness");
        alias(registry, "/readyz", "/actuator/health/readiness");
    }

    private static void alias(ViewControllerRegistry registry, String path, String target) {
        registry.addViewController(path).setViewName("forward:" + target);
    }
}
