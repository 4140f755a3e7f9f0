package dev.altiplano.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenStream;
import dev.altiplano.engine.Usage;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

/** What a generation is told when its events cannot be delivered: who left and who takes nothing are not the same. */
class StreamReaderTest {

    private final ClientConnection client = ClientConnection.of(new MockHttpServletRequest());
    private final List<String> cancelled = new ArrayList<>();

    private final Generation generation = new Generation() {
        @Override
        public TokenStream stream() {
            return wait -> new StreamEvent.Ended(new Usage(1, 0, 1));
        }

        @Override
        public List<int[]> promptIds() {
            return List.of();
        }

        @Override
        public void cancel(String why) {
            cancelled.add(why);
        }
    };

    private boolean read(ResponseWriter writer) {
        return StreamReader.read(generation, client, writer);
    }

    @Test
    void whatIsDeliveredIsNotCancelled() {
        assertThat(read(event -> {})).isTrue();
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aClientThatLeftIsToldFromOneThatTakesNothing() {
        assertThat(read(event -> {
                    throw new ClientAbortException(new IOException("Broken pipe"));
                }))
                .isFalse();
        assertThat(read(event -> {
                    throw new ClientAbortException(new SocketTimeoutException());
                }))
                .isFalse();
        assertThat(cancelled).hasSize(2);
        assertThat(cancelled.get(0)).contains("left");
        assertThat(cancelled.get(1)).contains("took nothing", "altiplano.api.write-timeout");
    }

    @Test
    void anErrorOfTheWriterCancelsToo() {
        assertThatThrownBy(() -> read(event -> {
                    throw new OutOfMemoryError("simulated");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(cancelled).hasSize(1);
    }
}
