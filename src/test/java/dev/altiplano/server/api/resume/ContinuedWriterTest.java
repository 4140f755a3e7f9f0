package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

/** A continued stream of which it turns out that what was sent before is something else. */
class ContinuedWriterTest {

    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private int cancelled;

    /** Holds text back and finds out when it is to go out, as the writers of streams do. */
    private static final class Holding implements ResponseWriter {
        @Override
        public void accept(StreamEvent event) {}

        @Override
        public void idle() {
            throw ApiException.of(409, "answer_differs", AnswerOrigin.HEADER, "other text");
        }
    }

    private ContinuedWriter writer(EventStream events) {
        return new ContinuedWriter(new Holding(), events, () -> cancelled++);
    }

    @Test
    void endsWithAnErrorWhereAHeartbeatHasGoneOut() throws IOException {
        EventStream events = new EventStream(response, Duration.ZERO, true);
        events.flush();
        assertThat(events.started()).isTrue();
        ContinuedWriter writer = writer(events);
        writer.accept(new StreamEvent.Text(0, "text", List.of()));
        writer.idle();
        assertThat(response.getContentAsString()).contains("\"answer_differs\"").endsWith("data: [DONE]\n\n");
        assertThat(cancelled).isEqualTo(1);
        int length = response.getContentAsByteArray().length;
        writer.idle();
        assertThat(response.getContentAsByteArray())
                .as("nothing behind its end")
                .hasSize(length);
    }

    @Test
    void givesAStatusWhereNothingHasGoneOut() {
        ContinuedWriter writer = writer(new EventStream(response, Duration.ofHours(1), true));
        assertThatThrownBy(writer::idle).isInstanceOf(ApiException.class);
        assertThat(response.isCommitted()).isFalse();
        assertThat(cancelled).isEqualTo(1);
    }
}
