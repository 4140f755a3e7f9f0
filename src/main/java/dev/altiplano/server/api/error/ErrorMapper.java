package dev.altiplano.server.api.error;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.json.InvalidJsonException;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.EngineState;
import dev.altiplano.server.lifecycle.NotReadyException;
import dev.altiplano.server.security.LimitException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** What a failure of the engine or of the service is in HTTP's words. */
@Component
public final class ErrorMapper {

    /** A value that a field cannot have. */
    private static final String INVALID = "invalid_value";

    private static final String UNAVAILABLE = "service_unavailable";
    private static final Duration AFTER_LOADING = Duration.ofSeconds(5);
    private static final Duration ELSEWHERE = Duration.ofSeconds(1);

    private final EngineLifecycle lifecycle;

    ErrorMapper(EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** There is no engine. */
    public ApiException of(EngineState state) {
        return switch (state) {
            case EngineState.Loading(var phase, int percent) ->
                ApiException.retry(
                        503,
                        UNAVAILABLE,
                        "model_loading",
                        "The model is being loaded ("
                                + phase.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + percent + " %)",
                        AFTER_LOADING);
            case EngineState.Failed failed ->
                new ApiException(
                        503,
                        UNAVAILABLE,
                        "model_failed",
                        null,
                        "The model could not be loaded; the service's log and health say why",
                        null);
            case EngineState.Ready ready -> stopping();
            case EngineState.Ended ended -> stopping();
            case EngineState.Draining draining -> stopping();
            case EngineState.Closed closed -> stopping();
        };
    }

    /** What the log says of a request that did not come as far as the engine. */
    public String reason(Throwable e) {
        return e instanceof NotReadyException notReady
                ? of(notReady.state()).text()
                : e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** What {@code e} is called where refusals are counted. */
    public String code(Throwable e) {
        return switch (e) {
            case ApiException error -> code(error);
            case NotReadyException notReady -> code(of(notReady.state()));
            case RefusedException refused -> code(of(refused));
            case LimitException limit -> code(of(limit));
            case InvalidRequestException invalid -> invalid.code();
            case InvalidJsonException invalid -> invalid.code() == null ? INVALID : invalid.code();
            case IOException broken -> "incomplete_body";
            default -> "internal_error";
        };
    }

    /** The same of an error that is known. */
    public static String code(ApiException error) {
        String code = error.code();
        return code == null ? INVALID : code;
    }

    /** It was not accepted. */
    public ApiException of(RefusedException refused) {
        String message = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case QUEUE_FULL -> ApiException.retry(429, "rate_limit_error", "queue_full", message, refused.retryAfter());
            case QUEUE_TOKENS_FULL ->
                ApiException.retry(429, "rate_limit_error", "queue_tokens_full", message, refused.retryAfter());
            case DRAINING -> stopping();
        };
    }

    /** Its key may not take more at the moment. */
    ApiException of(LimitException limit) {
        return ApiException.retry(
                429, "rate_limit_error", "rate_limit_exceeded", String.valueOf(limit.getMessage()), limit.retryAfter());
    }

    /** It does not fit the model. */
    ApiException of(InvalidRequestException invalid) {
        return ApiException.invalid(invalid.field(), invalid.code(), String.valueOf(invalid.getMessage()));
    }

    /** It was accepted and did not come to its end. */
    public ApiException of(StreamEvent.Failed failed) {
        if (failed.refusal() != null) {
            return ApiException.invalid(null, failed.refusal(), failed.message());
        }
        return switch (failed.outcome()) {
            case TIMEOUT -> ApiException.server(504, "timeout", failed.message());
            case CANCELLED -> ApiException.server(499, "cancelled", failed.message());
            case REJECTED, ERROR, STOP, LENGTH ->
                lifecycle.state() instanceof EngineState.Ready
                        ? ApiException.server(500, "internal_error", failed.message())
                        : stopping();
        };
    }

    private static ApiException stopping() {
        return ApiException.retry(503, UNAVAILABLE, "stopping", "The service is stopping", ELSEWHERE);
    }
}
