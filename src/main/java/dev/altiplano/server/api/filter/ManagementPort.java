package dev.altiplano.server.api.filter;

import dev.altiplano.server.ops.trace.RequestIdFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Guards a management port of its own (management.server.port) as well: it has a servlet context of its own, which knows no
 * filters of the main one. Listed in {@code META-INF/spring} and deliberately no {@code @Configuration}: scanning would find it.
 */
final class ManagementPort {

    @Bean
    @ConditionalOnMissingBean(value = ApiKeyFilter.class, search = SearchStrategy.CURRENT)
    FilterRegistrationBean<ApiKeyFilter> managementKeys(ApiKeyFilter filter) {
        return ordered(new FilterRegistrationBean<>(filter), Ordered.HIGHEST_PRECEDENCE + 10);
    }

    @Bean
    @ConditionalOnMissingBean(value = RequestIdFilter.class, search = SearchStrategy.CURRENT)
    FilterRegistrationBean<RequestIdFilter> managementRequestIds(RequestIdFilter filter) {
        return ordered(new FilterRegistrationBean<>(filter), Ordered.HIGHEST_PRECEDENCE);
    }

    private static <T extends jakarta.servlet.Filter> FilterRegistrationBean<T> ordered(
            FilterRegistrationBean<T> registration, int order) {
        registration.setOrder(order);
        return registration;
    }
}
