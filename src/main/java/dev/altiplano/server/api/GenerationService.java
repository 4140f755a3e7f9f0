package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.server.api.body.RequestBody;
import dev.altiplano.server.api.body.RequestBodyReader;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.record.RecordedResponseWriter;
import dev.altiplano.server.api.record.Recording;
import dev.altiplano.server.api.record.RequestRecorder;
import dev.altiplano.server.api.resume.AnswerOrigin;
import dev.altiplano.server.api.resume.Beginning;
import dev.altiplano.server.api.resume.IdempotencyKeys;
import dev.altiplano.server.api.resume.IdempotencyKeys.NamedRequest;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.ops.RequestObserver;
import dev.altiplano.server.ops.SystemFingerprint;
import dev.altiplano.server.ops.trace.Origin;
import dev.altiplano.server.ops.trace.RequestIdFilter;
import dev.altiplano.server.ops.trace.TraceContext;
import dev.altiplano.server.security.Admission;
import dev.altiplano.server.security.Caller;
import dev.altiplano.server.stream.ClientConnection;
import dev.altiplano.server.stream.ResponseWriter;
import dev.altiplano.server.stream.StreamReader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.stereotype.Service;

/**
 * The one way from HTTP to the engine: admits a request, traces it, reads its body, submits what its endpoint makes of it and relays
 * the engine's events to the client, all on the request's thread.
 */
@Service
public final class GenerationService {

    private final EngineLifecycle lifecycle;
    private final AltiplanoProperties properties;
    private final RequestBodyReader bodies;
    private final RequestObserver observer;
    private final ErrorMapper errors;
    private final TokenizingLimit tokenizing;
    private final RequestRecorder recorder;
    private final IdempotencyKeys names;
    private final ResponseMemory memory;

    GenerationService(
            EngineLifecycle lifecycle,
            AltiplanoProperties properties,
            RequestBodyReader bodies,
            RequestObserver observer,
            ErrorMapper errors,
            TokenizingLimit tokenizing,
            RequestRecorder recorder,
            IdempotencyKeys names,
            ResponseMemory memory) {
        this.lifecycle = lifecycle;
        this.properties = properties;
        this.bodies = bodies;
        this.observer = observer;
        this.errors = errors;
        this.tokenizing = tokenizing;
        this.recorder = recorder;
        this.names = names;
        this.memory = memory;
    }

    /** Serves one request to {@code endpoint}; what goes wrong before the response begins is thrown. */
    public <B extends Record> void serve(
            GenerationEndpoint<B> endpoint, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try (NamedRequest named = names.of(request);
                ResponseMemory.Charge charge = memory.of(Caller.of(request))) {
            serve(endpoint, request, response, named, charge);
        }
    }

    private <B extends Record> void serve(
            GenerationEndpoint<B> endpoint,
            HttpServletRequest request,
            HttpServletResponse response,
            NamedRequest named,
            ResponseMemory.Charge charge)
            throws IOException {
        Arrival<B> arrival = arrive(endpoint, request, response);
        Accepted accepted;
        try {
            accepted = submit(arrival, named, charge);
        } catch (RefusedException e) {
            // The engine has told its end.
            observer.countRefusal(errors.code(e));
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            observer.countRefusal(errors.code(e));
            observer.refused(arrival.id(), errors.reason(e), System.nanoTime() - arrival.nanos());
            throw e;
        }
        try (Recording recording = accepted.recording()) {
            relay(accepted, named, ClientConnection.of(request));
        }
    }

    /** A request that has come, and whose answer will be called {@code answer}. */
    private record Arrival<B extends Record>(
            GenerationEndpoint<B> endpoint,
            HttpServletRequest request,
            HttpServletResponse response,
            Caller caller,
            UUID answer,
            long nanos) {

        String id() {
            return GenerationService.id(endpoint, answer);
        }
    }

    /** A request that the engine has taken. */
    private record Accepted(
            PreparedGeneration prepared, Generation generation, Admission admission, Recording recording) {}

    private <B extends Record> Arrival<B> arrive(
            GenerationEndpoint<B> endpoint, HttpServletRequest request, HttpServletResponse response) {
        Caller caller = Caller.of(request);
        Arrival<B> arrival = new Arrival<>(endpoint, request, response, caller, UUID.randomUUID(), System.nanoTime());
        // Also for what is refused from here on.
        RateLimitHeaders.set(response, caller);
        TraceContext trace = observer.arrived(arrival.id(), endpoint.path(), Origin.of(request, caller.key()));
        RequestIdFilter.log(trace);
        return arrival;
    }

    private <B extends Record> Accepted submit(Arrival<B> arrival, NamedRequest named, ResponseMemory.Charge charge)
            throws IOException {
        GenerationEndpoint<B> endpoint = arrival.endpoint();
        HttpServletRequest request = arrival.request();
        Admission admission = arrival.caller().admit();
        observer.admitted(arrival.id(), admission);
        Engine engine = lifecycle.engine();
        try (RequestBody<B> body = bodies.read(request, endpoint.bodyType())) {
            RequestIdFilter.name(request, arrival.response(), endpoint.requestId(body.value()));
            AnswerOrigin origin = origin(arrival, body, named, engine);
            GenerationContext context = new GenerationContext(
                    arrival.id(),
                    origin,
                    engine,
                    arrival.caller(),
                    RequestTimeout.of(request, properties),
                    arrival.response());
            // No more characters than bytes.
            PreparedGeneration prepared = tokenizing.run(
                    body.length(),
                    () -> endpoint.prepare(body.value(), context)
                            .bounded(properties.api().maxScores()));
            RequestCost cost = reserve(prepared.request(), engine.card(), admission, charge);
            RateLimitHeaders.set(arrival.response(), arrival.caller());
            Recording recording =
                    recorder.begin(endpoint.path(), origin, prepared.request(), body.bytes(), body.length());
            try {
                Generation generation = tokenizing.run(
                        body.length(), () -> (recorder.records() ? prepared.scored() : prepared).submit(engine));
                named.accept();
                observer.submitted(cost.tokensOfChoice());
                return new Accepted(prepared, generation, admission, recording);
            } catch (RuntimeException | Error e) {
                recording.close();
                throw e;
            }
        }
    }

    private static <B extends Record> AnswerOrigin origin(
            Arrival<B> arrival, RequestBody<B> body, NamedRequest named, Engine engine) {
        GenerationEndpoint<B> endpoint = arrival.endpoint();
        String adapter = engine.adapterDigest(endpoint.model(body.value()));
        Beginning fresh = new Beginning(arrival.answer(), System.currentTimeMillis() / 1000);
        return AnswerOrigin.of(
                SystemFingerprint.hash(engine.card(), adapter),
                endpoint.path(),
                body.digest(),
                named.begin(endpoint.path(), body.digest(), fresh),
                arrival.request().getHeader(AnswerOrigin.HEADER));
    }

    /** Takes what {@code request} may need from its client's part of memory and tokens. */
    private RequestCost reserve(
            GenerationRequest request, ModelCard card, Admission admission, ResponseMemory.Charge charge) {
        RequestCost cost = RequestCost.of(request, card.contextLength());
        cost.requireFewScores(properties.api().maxScores());
        if (request.embedding() != null) {
            charge.take((long) request.prompts().size() * card.hiddenSize() * Float.BYTES);
        }
        admission.reserve(cost.tokens());
        return cost;
    }

    private void relay(Accepted accepted, NamedRequest named, ClientConnection client) {
        PreparedGeneration prepared = accepted.prepared();
        Generation generation = accepted.generation();
        ResponseWriter writer;
        try {
            boolean clientsDeadline = prepared.request().client().timeout() != null;
            ResponseWriter counted = new CountedResponseWriter(
                    prepared.writer().apply(generation),
                    accepted.admission(),
                    named,
                    () -> observer.countTimeout(clientsDeadline));
            writer = recorder.records()
                    ? new RecordedResponseWriter(counted, accepted.recording(), prepared.scoresCompletion())
                    : counted;
        } catch (RuntimeException | Error e) {
            generation.cancel();
            throw e;
        }
        StreamReader.read(generation, client, writer);
    }

    /** Counts a request that is refused before it is served. */
    public void refused(GenerationEndpoint<?> endpoint, HttpServletRequest request, ApiException refusal) {
        String id = id(endpoint, UUID.randomUUID());
        observer.countRefusal(ErrorMapper.code(refusal));
        observer.arrived(
                id, endpoint.path(), Origin.of(request, Caller.of(request).key()));
        observer.refused(id, refusal.text(), 0);
    }

    private static String id(GenerationEndpoint<?> endpoint, UUID answer) {
        return endpoint.idPrefix() + answer.toString().replace("-", "");
    }
}
