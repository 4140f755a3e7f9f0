package dev.altiplano.engine.cache.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.cache.PrefixHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TierIndexTest {

    private static final PrefixHash ROOT = new PrefixHash(0, 0, 0, 0);

    private static PrefixHash hash(long number) {
        return new PrefixHash(number, 0, 0, 0);
    }

    private static void put(TierIndex index, PrefixHash hash, PrefixHash parent) {
        index.put(hash, parent, index.take());
    }

    /** A conversation of two blocks, and many short requests: one block each, behind the beginning that all share. */
    @Test
    void aSharedBeginningOutlivesWhatIsUsedOnce() {
        TierIndex index = new TierIndex(5);
        put(index, hash(1), ROOT);
        put(index, hash(2), hash(1));
        for (int i = 10; i < 40; i++) {
            put(index, hash(i), hash(1));
            assertThat(index.touch(hash(2))).isTrue();
        }
        assertThat(index.contains(hash(1))).isTrue();
        assertThat(index.contains(hash(2))).isTrue();
        assertThat(index.size()).isEqualTo(5);
    }

    @Test
    void whatIsBehindGivesWayFirst() {
        TierIndex index = new TierIndex(3);
        put(index, hash(1), ROOT);
        put(index, hash(2), hash(1));
        put(index, hash(3), hash(2));
        put(index, hash(4), ROOT);
        assertThat(index.contains(hash(3))).isFalse();
        assertThat(index.contains(hash(2))).isTrue();
        put(index, hash(5), ROOT);
        assertThat(index.contains(hash(2))).isFalse();
        assertThat(index.contains(hash(1))).isTrue();
    }

    /** A file that somebody has edited may have blocks behind each other in a circle. */
    @Test
    void aCircleGivesWayToo() {
        TierIndex index = new TierIndex(2);
        put(index, hash(1), hash(2));
        put(index, hash(2), hash(1));
        put(index, hash(3), ROOT);
        put(index, hash(4), hash(4));
        put(index, hash(5), ROOT);
        assertThat(index.size()).isEqualTo(2);
    }

    @Test
    void everySlotIsFreeOrHasOneBlock() {
        Random random = new Random(2);
        TierIndex index = new TierIndex(20);
        for (int step = 0; step < 20_000; step++) {
            PrefixHash hash = hash(random.nextInt(60));
            switch (random.nextInt(4)) {
                case 0 -> index.remove(hash);
                case 1 -> index.release(index.take());
                default -> {
                    if (!index.touch(hash)) {
                        put(index, hash, hash(random.nextInt(60)));
                    }
                }
            }
            assertThat(index.size()).isLessThanOrEqualTo(20);
        }
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (index.contains(hash(i))) {
                slots.add(index.slot(hash(i)));
            }
        }
        assertThat(slots).doesNotHaveDuplicates();
        int held = slots.size();
        for (int i = held; i < 20; i++) {
            slots.add(index.take());
        }
        assertThat(slots).doesNotHaveDuplicates().hasSize(20);
    }
}
