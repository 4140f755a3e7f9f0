package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.api.resume.AnswerOrigin;
import dev.altiplano.server.security.Caller;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint may want to know of a request beside its body.
 *
 * @param id the request's, in logs and metrics; an answer that begins has it too
 * @param origin what the answer begins from
 * @param engine what will be asked
 * @param caller who asks
 * @param timeout the deadline that a header sets, null where there is none
 * @param response where the response goes
 */
public record GenerationContext(
        String id,
        AnswerOrigin origin,
        Engine engine,
        Caller caller,
        @Nullable Duration timeout,
        HttpServletResponse response) {

    /** What is served. */
    public ModelCard card() {
        return engine.card();
    }

    /** The name of what answers: that of the adapter which a request asks for, or the model's. */
    public String model(GenerationRequest request) {
        String adapter = request.adapter();
        return adapter == null ? card().id() : adapter;
    }
}
