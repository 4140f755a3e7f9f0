package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.ops.Requests;
import dev.altiplano.server.ops.TraceContext;
import dev.altiplano.server.security.Admission;
import dev.altiplano.server.security.Caller;
import dev.altiplano.server.stream.ClientConnection;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.Receiver;
import dev.altiplano.server.stream.StreamReader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/completions}: parse, submit, and carry what comes out to the client, all on the request's thread. */
@RestController
final class CompletionController {

    static final String PATH = "/v1/completions";

    private final AltiplanoProperties properties;
    private final Rehearsal rehearsal;
    private final RequestBody bodies;
    private final Failures failures;

    CompletionController(AltiplanoProperties properties, Rehearsal rehearsal, RequestBody bodies, Failures failures) {
        this.properties = properties;
        this.rehearsal = rehearsal;
        this.bodies = bodies;
        this.failures = failures;
    }

    @PostMapping(
            path = PATH,
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    void complete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long arrival = System.nanoTime();
        String id = Door.newId();
        Stage stage = rehearsal.stage(request);
        Requests requests = stage.requests();
        Caller caller = Caller.of(request);
        TraceContext trace = requests.arrived(id, Door.origin(request));
        RequestIds.log(trace.traceId(), trace.spanId());
        Engine engine;
        Admission admission;
        CompletionRequest completion;
        Generation generation;
        try {
            admission = caller.admit();
            requests.admitted(id, admission);
            engine = stage.engine().ready();
            ModelCard card = engine.card();
            completion = bodies.read(
                    request,
                    (body, length) -> CompletionRequestReader.read(body, length, properties, card.vocabularySize()));
            requireServed(completion.model(), card);
            admission.reserve(completion.mostTokens());
            generation = engine.submit(completion.toEngine(id, caller, RequestTimeout.of(request, properties)));
        } catch (RefusedException e) {
            // The engine has counted it.
            throw e;
        } catch (IOException | RuntimeException e) {
            requests.refused(id, failures.reason(e), System.nanoTime() - arrival);
            throw e;
        }
        Receiver receiver = receiver(id, engine, completion, generation, response);
        StreamReader.read(generation, ClientConnection.of(request), new CountedAnswer(receiver, admission));
    }

    private Receiver receiver(
            String id,
            Engine engine,
            CompletionRequest completion,
            Generation generation,
            HttpServletResponse response) {
        ModelCard card = engine.card();
        CompletionJson json = new CompletionJson(
                id, System.currentTimeMillis() / 1000, card.id(), Fingerprint.of(card), completion.logprobs() >= 0);
        List<String> echoes = echoes(completion, engine);
        return completion.stream()
                ? new StreamedAnswer(
                        json,
                        response,
                        new EventStream(response, properties.api().heartbeat()),
                        failures,
                        echoes,
                        completion.n(),
                        completion.includeUsage())
                : new CollectedAnswer(json, response, failures, echoes, completion.n());
    }

    private static List<String> echoes(CompletionRequest completion, Engine engine) {
        if (!completion.echo()) {
            return Collections.nCopies(completion.prompts().size(), "");
        }
        List<String> echoes = new ArrayList<>();
        for (Prompt prompt : completion.prompts()) {
            echoes.add(
                    switch (prompt) {
                        case Prompt.Text(String text) -> text;
                        case Prompt.Ids(int[] ids) -> engine.detokenize(ids);
                    });
        }
        return echoes;
    }

    private static void requireServed(@Nullable String model, ModelCard card) {
        if (model != null && !model.equals(card.id())) {
            throw ModelController.notFound(model, card);
        }
    }
}
