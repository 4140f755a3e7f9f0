package dev.altiplano.engine.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The channel to a reader that keeps up, and to one that does not. */
class EventChannelTest {

    private final EventChannel channel = new EventChannel(4);

    private static StreamEvent.Text text(int choice, String text) {
        return new StreamEvent.Text(choice, text, List.of(new TokenScore(1, text, -1, List.of(), 0)));
    }

    private List<StreamEvent> all() throws InterruptedException {
        List<StreamEvent> events = new ArrayList<>();
        for (StreamEvent next = channel.next(Duration.ZERO); next != null; next = channel.next(Duration.ZERO)) {
            events.add(next);
        }
        return events;
    }

    @Test
    void deliversInOrder() throws InterruptedException {
        StreamEvent[] events = {text(0, "a"), text(0, "b"), new StreamEvent.Finished(0, FinishReason.STOP)};
        channel.offer(events);
        assertThat(all()).containsExactly(events);
        assertThat(channel.next(Duration.ofMillis(1))).isNull();
    }

    @Test
    void joinsTheTextOfALaggingReaderAndLosesNothing() throws InterruptedException {
        StringBuilder even = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            channel.offer(text(i % 2, Integer.toString(i)));
            even.append(i % 2 == 0 ? Integer.toString(i) : "");
        }
        channel.offer(new StreamEvent.Finished(0, FinishReason.LENGTH), new StreamEvent.Finished(1, FinishReason.STOP));
        channel.offer(new StreamEvent.Ended(new Usage(1, 0, 10_000)));
        List<StreamEvent> events = all();
        assertThat(events).hasSize(7);
        StringBuilder read = new StringBuilder();
        int scores = 0;
        for (StreamEvent event : events) {
            if (event instanceof StreamEvent.Text part && part.choice() == 0) {
                read.append(part.text());
                scores += part.tokens().size();
            }
        }
        assertThat(read).hasToString(even.toString());
        assertThat(scores).isEqualTo(5000);
        assertThat(events.getLast()).isInstanceOf(StreamEvent.Ended.class);
    }
}
