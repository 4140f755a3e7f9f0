package dev.altiplano.server.api.error;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The routes of the API, for whoever asked for one that does not exist. */
@Component
final class Routes {

    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    Routes(ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.mappings = mappings;
    }

    /** {@code GET /v1/models, POST /v1/completions, …}: those that a client may want, which say what they produce. */
    @Override
    public String toString() {
        return mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .filter(route -> !route.getProducesCondition().isEmpty())
                .flatMap(route -> route.getPatternValues().stream()
                        .map(path -> methods(route.getMethodsCondition().getMethods()) + " " + path.replace("{*", "{")))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }

    private static String methods(Set<?> methods) {
        return methods.stream().map(String::valueOf).collect(Collectors.joining("|"));
    }
}
