package dev.altiplano.engine.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * One thread that offers and one that reads, begun at the same moment again and again, so that they meet everywhere: each text comes once, in
 * its order and before its choice's end, and a reader that waits is woken. {@code -Daltiplano.test.races=1000000} lets them meet so often.
 */
class EventChannelRaceTest {

    private static final int CHOICES = 3;
    private static final int TEXTS = 12;

    private final int races = Integer.getInteger("altiplano.test.races", 10_000);
    private final CyclicBarrier begin = new CyclicBarrier(2);
    private volatile EventChannel channel = new EventChannel(4);

    @Test
    void nothingIsLostOrDoubled() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<?> writer = threads.submit(this::write);
            for (int race = 0; race < races; race++) {
                channel = new EventChannel(1 + race % 5);
                begin.await();
                read(channel);
            }
            writer.get();
        }
    }

    private Void write() throws Exception {
        for (int race = 0; race < races; race++) {
            begin.await();
            EventChannel to = channel;
            for (int text = 0; text < TEXTS; text++) {
                for (int choice = 0; choice < CHOICES; choice++) {
                    to.offer(new StreamEvent.Text(choice, String.valueOf((char) ('a' + text)), List.of()));
                }
            }
            for (int choice = 0; choice < CHOICES; choice++) {
                to.offer(new StreamEvent.Finished(choice, FinishReason.STOP));
            }
            to.offer(new StreamEvent.Ended(new Usage(1, 0, 1)));
        }
        return null;
    }

    private static void read(EventChannel from) throws InterruptedException {
        StringBuilder[] texts = new StringBuilder[CHOICES];
        for (int choice = 0; choice < CHOICES; choice++) {
            texts[choice] = new StringBuilder();
        }
        while (true) {
            StreamEvent event = from.next(Duration.ofSeconds(30));
            switch (event) {
                case StreamEvent.Text text -> texts[text.choice()].append(text.text());
                case StreamEvent.Finished finished -> texts[finished.choice()].append('.');
                case StreamEvent.Ended ended -> {
                    for (StringBuilder text : texts) {
                        assertThat(text).hasToString("abcdefghijkl.");
                    }
                    assertThat(from.next(Duration.ZERO)).isNull();
                    return;
                }
                case null -> throw new AssertionError("a reader that waits was not woken");
                default -> throw new AssertionError(event);
            }
        }
    }
}
