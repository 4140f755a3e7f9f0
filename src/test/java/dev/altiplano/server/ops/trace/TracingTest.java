package dev.altiplano.server.ops.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.TestServer;
import dev.altiplano.server.ops.trace.SpanReceiver.Span;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Spans as a collector gets them. */
@ExtendWith(OutputCaptureExtension.class)
class TracingTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final int SERVER = 2;
    private static final String ONE_SEQUENCE = "--altiplano.engine.max-sequences=1";

    @Test
    void aRequestIsASpanWithQueuePrefillAndDecodeBelowIt(CapturedOutput log) throws Exception {
        long before = TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
        try (SpanReceiver receiver = new SpanReceiver();
                TestServer server = TestServer.ready(
                        "--altiplano.tracing.endpoint=" + receiver.endpoint(),
                        "--logging.level.dev.altiplano.requests=info")) {
            HttpResponse<String> answer = server.post(
                    "/v1/completions",
                    "{\"prompt\":\"Once\",\"max_tokens\":5,\"ignore_eos\":true}",
                    "traceparent",
                    "00-" + TRACE + "-" + PARENT + "-01",
                    "x-request-id",
                    "mine");
            assertThat(answer.statusCode()).isEqualTo(200);
            List<Span> spans = await(receiver, 4);
            Span request = named(spans, "POST /v1/completions");
            assertThat(request.traceId()).isEqualTo(TRACE);
            assertThat(request.parentId()).isEqualTo(PARENT);
            assertThat(request.kind()).isEqualTo(SERVER);
            assertThat(request.failed()).isFalse();
            assertThat(request.attributes())
                    .containsEntry("http.route", "/v1/completions")
                    .containsEntry("gen_ai.request.model", "altiplano-demo")
                    .containsEntry("gen_ai.usage.output_tokens", "5")
                    .containsEntry("altiplano.request_id", "mine")
                    .containsEntry("altiplano.outcome", "length");
            Span queue = named(spans, "queue");
            Span prefill = named(spans, "prefill");
            Span decode = named(spans, "decode");
            for (Span phase : List.of(queue, prefill, decode)) {
                assertThat(phase.traceId()).isEqualTo(TRACE);
                assertThat(phase.parentId()).isEqualTo(request.id());
            }
            assertThat(List.of(
                            before,
                            request.begin(),
                            queue.begin(),
                            queue.end(),
                            prefill.end(),
                            decode.end(),
                            System.currentTimeMillis() * 1_000_000 + 1_000_000))
                    .as("in this order, on the clock that all have")
                    .isSorted();
            assertThat(prefill.begin()).isEqualTo(queue.end());
            assertThat(decode.begin()).isEqualTo(prefill.end());
            assertThat(request.end()).isEqualTo(decode.end());
            Awaitility.await()
                    .until(() -> log.getOut()
                            .contains("trace_id=" + TRACE + " span_id=" + request.id() + " outcome=length"));
            assertThat(log.getOut()).contains(" drafted_tokens=", " accepted_tokens=");
            String metrics = server.get("/actuator/prometheus", "Accept", "application/openmetrics-text;version=1.0.0")
                    .body();
            for (String histogram : List.of(
                    "altiplano_request_duration_seconds",
                    "altiplano_time_to_first_token_seconds",
                    "vllm:e2e_request_latency_seconds",
                    "vllm:time_to_first_token_seconds")) {
                assertThat(metrics).containsPattern(histogram + "_bucket\\{.*} .* # \\{.*trace_id=\"" + TRACE + "\"");
            }
        }
    }

    @Test
    void whatWasNotReachedHasNoSpan() throws Exception {
        try (SpanReceiver receiver = new SpanReceiver();
                TestServer server =
                        TestServer.ready("--altiplano.tracing.endpoint=" + receiver.endpoint(), ONE_SEQUENCE)) {
            try (Socket running = server.raw(TestServer.rawCompletion(
                    "{\"prompt\":\"Once\",\"max_tokens\":1900,\"n\":16,\"ignore_eos\":true,\"stream\":true}"))) {
                running.getInputStream().readNBytes(200);
                TestServer.error(
                        server.post("/v1/completions", "{\"prompt\":\"a\"}", "X-Request-Timeout", "0.05"), 504);
            }
            TestServer.error(server.post("/v1/completions", "{\"prompt\":5}"), 400);
            List<Span> spans = await(receiver, 7);
            Span late = outcome(spans, "timeout");
            assertThat(late.failed()).isTrue();
            assertThat(late.parentId()).as("no traceparent, a trace of its own").isEmpty();
            assertThat(below(spans, late)).extracting(Span::name).containsExactly("queue");
            Span left = outcome(spans, "cancelled");
            assertThat(left.failed()).isFalse();
            assertThat(below(spans, left)).extracting(Span::name).containsExactly("queue", "prefill", "decode");
            Span refused = outcome(spans, "rejected");
            assertThat(refused.failed()).as("the client's mistake").isFalse();
            assertThat(below(spans, refused)).isEmpty();
        }
    }

    @Test
    void theClientDecidesWhetherItsRequestIsTraced() throws Exception {
        try (SpanReceiver receiver = new SpanReceiver();
                TestServer server = TestServer.ready(
                        "--altiplano.tracing.endpoint=" + receiver.endpoint(), "--altiplano.tracing.sampling=0")) {
            String one = "{\"prompt\":\"Once\",\"max_tokens\":1,\"ignore_eos\":true}";
            server.post("/v1/completions", one);
            server.post("/v1/completions", one, "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
            server.post("/v1/completions", one, "traceparent", "00-" + TRACE + "-" + PARENT + "-01");
            List<Span> spans = await(receiver, 4);
            assertThat(spans).hasSize(4).extracting(Span::traceId).containsOnly(TRACE);
        }
    }

    @Test
    void aCollectorThatIsAwayChangesNothing() {
        long begin = System.nanoTime();
        try (TestServer server = TestServer.ready("--altiplano.tracing.endpoint=http://127.0.0.1:1/v1/traces")) {
            server.complete("{\"prompt\":\"Once\",\"max_tokens\":1,\"ignore_eos\":true}");
            begin = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("to stop").isLessThan(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource({
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,true",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00,true",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what,true",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what,false",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,false",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01,false",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01,false",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01,false",
        "00-0af7651916cd43dd8448eb211c80319c,false"
    })
    void readsTheHeaderAsW3cWantsIt(String header, boolean valid) {
        TraceContext context = TraceContext.of(header);
        assertThat(context.exists()).isEqualTo(valid);
        assertThat(context.sampled()).isEqualTo(valid && header.contains("-01"));
        assertThat(context.spanId()).isEqualTo(valid ? PARENT : "");
    }

    private static List<Span> await(SpanReceiver receiver, int count) {
        Awaitility.await("spans arrive")
                .atMost(Duration.ofSeconds(60))
                .until(() -> receiver.spans().size() >= count);
        return receiver.spans();
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Span outcome(List<Span> spans, String outcome) {
        return spans.stream()
                .filter(span -> outcome.equals(span.attributes().get("altiplano.outcome")))
                .findFirst()
                .orElseThrow();
    }

    private static List<Span> below(List<Span> spans, Span parent) {
        return spans.stream()
                .filter(span -> span.parentId().equals(parent.id()))
                .toList();
    }
}
