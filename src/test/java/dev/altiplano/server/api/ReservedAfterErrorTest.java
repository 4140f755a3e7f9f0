package dev.altiplano.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.server.KeyedServer;
import dev.altiplano.server.TestServer;
import dev.altiplano.server.security.ApiKeys;
import dev.altiplano.server.security.Caller;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.ServletInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** An error, such as memory running out, anywhere in a request: all that was reserved for it is given back. */
class ReservedAfterErrorTest {

    /** Where it happens. */
    enum Place {
        READING,
        PREPARING,
        BEFORE_WRITING,
        WRITING
    }

    private final TestServer server = KeyedServer.shared();
    private final GenerationService service = server.context().getBean(GenerationService.class);
    private final Caller single = Objects.requireNonNull(
            server.context().getBean(ApiKeys.class).caller("Bearer " + KeyedServer.key("single")));

    /** The key may have one request at a time: what is not given back it lacks from then on. */
    @ParameterizedTest
    @EnumSource
    void givesEverythingBack(Place place) {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> service.serve(new Failing(place), request(place), new MockHttpServletResponse()))
                    .isInstanceOf(OutOfMemoryError.class);
            // What the engine had accepted it gives back in its next step.
            Awaitility.await().until(() -> single.rateLimits().remainingRequests() == 1);
        }
        server.awaitIdle();
        assertThat(server.post(
                                "/v1/completions",
                                "{\"prompt\":\"Once\",\"max_tokens\":1}",
                                KeyedServer.bearer("single"))
                        .statusCode())
                .isEqualTo(200);
    }

    private MockHttpServletRequest request(Place place) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/failing") {
            @Override
            public ServletInputStream getInputStream() {
                if (place == Place.READING) {
                    throw new OutOfMemoryError("simulated");
                }
                return super.getInputStream();
            }
        };
        request.setContentType("application/json");
        request.setContent("{\"text\":\"Once\"}".getBytes(StandardCharsets.UTF_8));
        single.attach(request);
        return request;
    }

    record Body(String text) {}

    /** An endpoint with an error in it. */
    private record Failing(Place place) implements GenerationEndpoint<Body> {

        @Override
        public String path() {
            return "/failing";
        }

        @Override
        public String idPrefix() {
            return "failing-";
        }

        @Override
        public Class<Body> bodyType() {
            return Body.class;
        }

        @Override
        public @Nullable String model(Body body) {
            return null;
        }

        @Override
        public PreparedGeneration prepare(Body body, GenerationContext context) {
            if (place == Place.PREPARING) {
                throw new OutOfMemoryError("simulated");
            }
            Function<Generation, ResponseWriter> writer = generation -> {
                if (place == Place.BEFORE_WRITING) {
                    throw new OutOfMemoryError("simulated");
                }
                return event -> {
                    throw new OutOfMemoryError("simulated");
                };
            };
            return new PreparedGeneration(
                    GenerationRequest.of(context.id(), new Prompt.Text(body.text()), 1000), null, writer);
        }
    }
}
