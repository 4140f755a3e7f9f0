package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
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
        long arrivalNanos = System.nanoTime();
        UUID answer = UUID.randomUUID();
        String id = id(endpoint, answer);
        Caller caller = Caller.of(request);
        // Also for what is refused from here on.
        RateLimitHeaders.set(response, caller);
        TraceContext trace = observer.arrived(id, endpoint.path(), Origin.of(request, caller.key()));
        RequestIdFilter.log(trace);
        Admission admission;
        PreparedGeneration prepared;
        Generation generation;
        Recording recording = Recording.NONE;
        try {
            admission = caller.admit();
            observer.admitted(id, admission);
            Engine engine = lifecycle.engine();
            try (RequestBody<B> body = bodies.read(request, endpoint.bodyType())) {
                String adapter = "";
                if (body.value() instanceof GenerationFields fields) {
                    adapter = engine.adapterDigest(fields.model());
                    RequestIdFilter.name(request, response, fields.requestId());
                }
                Beginning fresh = new Beginning(answer, System.currentTimeMillis() / 1000);
                AnswerOrigin origin = AnswerOrigin.of(
                        SystemFingerprint.hash(engine.card(), adapter),
                        endpoint.path(),
                        body.digest(),
                        named.begin(endpoint.path(), body.digest(), fresh),
                        request.getHeader(AnswerOrigin.HEADER));
                GenerationContext context = new GenerationContext(
                        id, origin, engine, caller, RequestTimeout.of(request, properties), response);
                // No more characters than bytes.
                int maxScores = properties.api().maxScores();
                prepared = tokenizing.run(
                        body.length(),
                        () -> endpoint.prepare(body.value(), context).bounded(maxScores));
                GenerationRequest asked = prepared.request();
                RequestCost cost = RequestCost.of(asked, engine.card().contextLength());
                cost.requireFewScores(maxScores);
                if (asked.embedding() != null) {
                    charge.take((long) asked.prompts().size() * engine.card().hiddenSize() * Float.BYTES);
                }
                admission.reserve(cost.tokens());
                RateLimitHeaders.set(response, caller);
                recording = recorder.begin(
                        endpoint.path(), origin, origin.fingerprint(), asked, body.bytes(), body.length());
                generation = tokenizing.run(
                        body.length(), () -> (recorder.records() ? prepared.scored() : prepared).submit(engine));
                named.accept();
                observer.submitted(cost.tokensOfChoice());
            }
        } catch (RefusedException e) {
            recording.close();
            // The engine has told its end.
            observer.countRefusal(errors.code(e));
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            recording.close();
            observer.countRefusal(errors.code(e));
            observer.refused(id, errors.reason(e), System.nanoTime() - arrivalNanos);
            throw e;
        }
        try (Recording recorded = recording) {
            relay(prepared, generation, admission, named, recorded, ClientConnection.of(request));
        }
    }

    private void relay(
            PreparedGeneration prepared,
            Generation generation,
            Admission admission,
            NamedRequest named,
            Recording recording,
            ClientConnection client) {
        ResponseWriter writer;
        try {
            boolean clientsDeadline = prepared.request().client().timeout() != null;
            ResponseWriter counted = new CountedResponseWriter(
                    prepared.writer().apply(generation),
                    admission,
                    named,
                    () -> observer.countTimeout(clientsDeadline));
            writer = recorder.records()
                    ? new RecordedResponseWriter(counted, recording, prepared.scoresCompletion())
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
