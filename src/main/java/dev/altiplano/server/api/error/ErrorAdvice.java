package dev.altiplano.server.api.error;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.api.json.InvalidJsonException;
import dev.altiplano.server.lifecycle.NotReadyException;
import dev.altiplano.server.security.LimitException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Responds to every exception with OpenAI's error object. */
@RestControllerAdvice
final class ErrorAdvice {

    private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

    private final ErrorMapper errors;
    private final Routes routes;
    private final String health;

    ErrorAdvice(ErrorMapper errors, Routes routes, WebEndpointProperties endpoints) {
        health = endpoints.getBasePath() + "/health/";
        this.errors = errors;
        this.routes = routes;
    }

    @ExceptionHandler
    void handle(Exception e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ErrorWriter.write(response, error(e, request, response));
    }

    private ApiException error(Exception e, HttpServletRequest request, HttpServletResponse response) {
        return switch (e) {
            case ApiException error -> error;
            case NotReadyException notReady -> errors.of(notReady.state());
            case RefusedException refused -> errors.of(refused);
            case LimitException limit -> errors.of(limit);
            case InvalidRequestException invalid -> errors.of(invalid);
            case InvalidJsonException invalid ->
                ApiException.invalid(invalid.field(), invalid.code(), String.valueOf(invalid.getMessage()));
            case ErrorResponse fromSpring -> status(fromSpring, request, response);
            case IOException broken -> ErrorController.incompleteBody();
            case IllegalStateException noContributor
            when isHealthOfNothing(request) -> {
                log.info("{} {}: no such part of health", request.getMethod(), request.getRequestURI());
                yield ErrorController.of(404, request.getMethod(), request.getRequestURI(), "");
            }
            default -> {
                log.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
                yield ApiException.server(500, "internal_error", "Something failed in the service; its log says what");
            }
        };
    }

    /** Spring's endpoint of health fails where a path goes on behind a part that has no parts. */
    private boolean isHealthOfNothing(HttpServletRequest request) {
        return request.getRequestURI().startsWith(health);
    }

    /** Spring's own refusals: no such path, wrong method, wrong media type. */
    private ApiException status(ErrorResponse refusal, HttpServletRequest request, HttpServletResponse response) {
        String allow = refusal.getHeaders().getFirst(HttpHeaders.ALLOW);
        if (allow != null) {
            response.setHeader(HttpHeaders.ALLOW, allow);
        }
        return ErrorController.of(
                refusal.getStatusCode().value(), request.getMethod(), request.getRequestURI(), routes.toString());
    }
}
