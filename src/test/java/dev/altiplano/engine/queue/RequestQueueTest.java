package dev.altiplano.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RequestQueueTest {

    @Test
    void isBoundedInRequestsCountingReservedPlaces() {
        RequestQueue<String> queue = new RequestQueue<>(2, 100);
        assertThat(queue.reserve()).isNull();
        assertThat(queue.reserve()).isNull();
        assertThat(queue.reserve()).isEqualTo(Refusal.FULL);
        assertThat(queue.offer("a", 1, "", 0)).isNull();
        queue.release();
        assertThat(queue.reserve()).isNull();
        assertThat(queue.offer("b", 1, "", 0)).isNull();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.poll()).isEqualTo("b");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void isBoundedInTokensButLetsOneLargeRequestWaitAlone() {
        RequestQueue<String> queue = new RequestQueue<>(10, 100);
        queue.reserve();
        assertThat(queue.offer("huge", 500, "", 0)).isNull();
        queue.reserve();
        assertThat(queue.offer("small", 1, "", 0)).isEqualTo(Refusal.TOKENS_FULL);
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo("huge");
        assertThat(queue.tokens()).isZero();
    }

    @Test
    void givesTokensBackWhenRequestsAreRemovedAndRefusesOnceClosed() {
        RequestQueue<String> queue = new RequestQueue<>(10, 100);
        for (String each : new String[] {"a", "b", "c"}) {
            queue.reserve();
            queue.offer(each, 30, "", 0);
        }
        queue.removeIf(each -> each.equals("b"));
        assertThat(queue.tokens()).isEqualTo(60);
        queue.close();
        assertThat(queue.reserve()).isEqualTo(Refusal.CLOSED);
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.poll()).isEqualTo("c");
    }

    @Test
    void clientsTakeTurnsAndHigherPrioritiesGoFirst() {
        RequestQueue<String> queue = new RequestQueue<>(100, 1000);
        for (int i = 0; i < 3; i++) {
            add(queue, "a" + i, "a", 0);
        }
        add(queue, "b0", "b", 0);
        add(queue, "urgent", "c", 5);
        add(queue, "b1", "b", 0);
        queue.removeIf(each -> each.equals("b1"));
        assertThat(queue.poll()).isEqualTo("urgent");
        assertThat(queue.poll()).isEqualTo("a0");
        add(queue, "d0", "d", 0);
        assertThat(queue.poll()).isEqualTo("b0");
        // a's request went in last when d came: d goes before a's next.
        assertThat(queue.poll()).isEqualTo("d0");
        assertThat(queue.poll()).isEqualTo("a1");
        assertThat(queue.poll()).isEqualTo("a2");
        assertThat(queue.poll()).isNull();
    }

    /** Nobody is overtaken for ever: the client that was served last lets each of three others go once, then it is its turn. */
    @Test
    void clientsThatComeAgainAndAgainDoNotKeepOneFromItsTurn() {
        RequestQueue<String> queue = new RequestQueue<>(100, 1000);
        for (int i = 0; i < 5; i++) {
            add(queue, "many", "many", 0);
        }
        assertThat(queue.poll()).isEqualTo("many");
        int sinceMany = 0;
        for (String other : new String[] {"a", "b", "c"}) {
            add(queue, other, other, 0);
        }
        for (int i = 0; i < 12; i++) {
            String next = queue.poll();
            if ("many".equals(next)) {
                assertThat(sinceMany).isEqualTo(3);
                sinceMany = 0;
            } else {
                sinceMany++;
                add(queue, next, next, 0);
            }
        }
    }

    private static void add(RequestQueue<String> queue, String request, String client, int priority) {
        queue.reserve();
        assertThat(queue.offer(request, 1, client, priority)).isNull();
    }
}
