package dev.altiplano.server.ops.trace;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One span for each request, under the client's, and below it what the engine says of its time: queue, prefill, decode. A thread
 * of OpenTelemetry's sends them to a collector; what that does not take in time is dropped.
 */
final class RequestSpans implements Tracing {

    private static final int FLUSH_SECONDS = 3;

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<String> RESPONSE_ID = AttributeKey.stringKey("gen_ai.response.id");
    private static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<Long> CACHED_TOKENS = AttributeKey.longKey("altiplano.cached_tokens");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("altiplano.request_id");
    private static final AttributeKey<String> KEY = AttributeKey.stringKey("altiplano.key");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("altiplano.outcome");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /** A span that has begun, and when it did by both clocks: the one that others have too, and the one that is even. */
    private record Open(Span span, long epochNanos, long nanoTime) {

        long epochNanos(long atNanoTime) {
            return epochNanos + atNanoTime - nanoTime;
        }
    }

    /** How long a span waits for others to be sent with it. */
    private static final Duration EXPORT_DELAY = Duration.ofSeconds(1);

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final String modelId;
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /**
     * @param endpoint takes OTLP over HTTP, such as {@code http://collector:4318/v1/traces}
     * @param sampling part of the requests that have spans, of those whose client did not decide it
     */
    RequestSpans(URI endpoint, double sampling, String service, String modelId) {
        this.modelId = modelId;
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampling)))
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(endpoint.toString())
                                .build())
                        .setScheduleDelay(EXPORT_DELAY)
                        .build())
                .build();
        tracer = provider.get("dev.altiplano");
    }

    @Override
    public TraceContext arrived(String id, String route, Origin origin) {
        Instant now = Instant.now();
        long epochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        Span span = tracer.spanBuilder("POST " + route)
                .setParent(parent(origin.trace()))
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(epochNanos, TimeUnit.NANOSECONDS)
                .setAttribute(METHOD, "POST")
                .setAttribute(HTTP_ROUTE, route)
                .setAttribute(CLIENT, origin.address())
                .setAttribute(OPERATION, operation(route))
                .setAttribute(MODEL, modelId)
                .setAttribute(RESPONSE_ID, id)
                .setAttribute(REQUEST_ID, origin.requestId())
                .startSpan();
        if (!origin.key().isEmpty()) {
            span.setAttribute(KEY, origin.key());
        }
        open.put(id, new Open(span, epochNanos, System.nanoTime()));
        SpanContext context = span.getSpanContext();
        return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled());
    }

    /** As the semantic conventions for generative models name it. */
    private static String operation(String route) {
        if (route.endsWith("/chat/completions")) {
            return "chat";
        }
        return route.endsWith("/embeddings") ? "embeddings" : "text_completion";
    }

    private static Context parent(TraceContext trace) {
        if (!trace.exists()) {
            return Context.root();
        }
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        trace.traceId(),
                        trace.spanId(),
                        trace.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                        TraceState.getDefault())));
    }

    @Override
    public void measure(String id, Runnable recording) {
        Open begun = open.get(id);
        if (begun == null) {
            recording.run();
            return;
        }
        try (Scope _ = begun.span().makeCurrent()) {
            recording.run();
        }
    }

    @Override
    public void ended(RequestSummary request) {
        Open begun = open.remove(request.id());
        if (begun == null) {
            return;
        }
        Span span = begun.span();
        long end = begun.epochNanos(System.nanoTime());
        if (span.isRecording()) {
            if (request.outcome() != Outcome.REJECTED) {
                phases(span, request, end);
            }
            String outcome = request.outcome().name().toLowerCase(Locale.ROOT);
            span.setAttribute(OUTCOME, outcome);
            span.setAttribute(INPUT_TOKENS, (long) request.usage().promptTokens());
            span.setAttribute(OUTPUT_TOKENS, (long) request.usage().completionTokens());
            span.setAttribute(CACHED_TOKENS, (long) request.usage().cachedTokens());
            if (request.outcome() == Outcome.ERROR || request.outcome() == Outcome.TIMEOUT) {
                span.setAttribute(ERROR_TYPE, outcome);
                span.setStatus(StatusCode.ERROR, request.detail());
            }
        }
        span.end(end, TimeUnit.NANOSECONDS);
    }

    /** What was not reached has no span, and what was reached last goes on until the end. */
    private void phases(Span span, RequestSummary request, long end) {
        Context parent = Context.root().with(span);
        long submitted = end - request.totalNanos();
        long started = request.queueNanos() < 0 ? end : submitted + request.queueNanos();
        long firstToken = request.firstTokenNanos() < 0 ? end : submitted + request.firstTokenNanos();
        phase(parent, "queue", submitted, started);
        if (request.queueNanos() >= 0) {
            phase(parent, "prefill", started, firstToken);
        }
        if (request.firstTokenNanos() >= 0) {
            phase(parent, "decode", firstToken, end);
        }
    }

    private void phase(Context parent, String name, long begin, long end) {
        SpanBuilder span = tracer.spanBuilder(name).setParent(parent).setStartTimestamp(begin, TimeUnit.NANOSECONDS);
        span.startSpan().end(end, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        provider.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
}
