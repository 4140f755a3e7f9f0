package dev.altiplano.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What stays in memory when there is not room for all. */
final class PrefixCacheTest {

    private static final int BLOCK_TOKENS = 16;
    private static final int BLOCKS = 40;

    private final BlockPool pool = new BlockPool(BLOCKS);
    private final PrefixCache prefixes = new PrefixCache(pool, BLOCK_TOKENS, true);

    /** Somebody asks with a prompt that begins with {@code first}; returns how many of its blocks were in memory. */
    private int ask(int first, int blocks) {
        int[] tokens = new int[blocks * BLOCK_TOKENS];
        Arrays.setAll(tokens, i -> first + i);
        BlockTable table = new BlockTable(pool, BLOCK_TOKENS);
        int found = prefixes.reuse("", tokens, tokens.length, table);
        table.growTo(tokens.length);
        int inserted = prefixes.insert("", tokens, tokens.length, table, found / BLOCK_TOKENS);
        table.releaseAll();
        return found / BLOCK_TOKENS;
    }

    @Test
    void aConversationOutlivesShortRequests() {
        assertThat(ask(0, 10)).isZero();
        assertThat(ask(0, 12)).isEqualTo(10);
        for (int i = 1; i <= 200; i++) {
            assertThat(ask(10_000 * i, 2)).isZero();
        }
        assertThat(ask(0, 14)).as("blocks of the conversation").isGreaterThanOrEqualTo(10);
    }

    @Test
    void theNewestTurnOutlivesThoseThatFitBesideIt() {
        ask(0, 12);
        for (int i = 1; i <= (BLOCKS - 12) / 2; i++) {
            ask(10_000 * i, 2);
        }
        assertThat(ask(0, 14)).isEqualTo(12);
    }

    /** What was used again long ago must not keep the newest from staying. */
    @Test
    void conversationsThatTakeMostOfThePoolGiveWay() {
        for (int i = 0; i < 4; i++) {
            ask(10_000 * i, 9);
            ask(10_000 * i, 9);
        }
        ask(1_000_000, 9);
        assertThat(ask(1_000_000, 9)).isEqualTo(9);
        assertThat(ask(0, 9)).as("the oldest").isLessThan(9);
    }

    @Test
    void theBeginningStaysLongest() {
        ask(0, BLOCKS);
        ask(10_000, 5);
        assertThat(ask(0, BLOCKS)).isEqualTo(BLOCKS - 5);
    }

    private static int[] tokens(int count) {
        int[] tokens = new int[count];
        Arrays.setAll(tokens, i -> i);
        return tokens;
    }

    /** What ends within a block is found by one, who may write to it. */
    @Test
    void aPartOfABlockBelongsToTheFirstWhoGoesOn() {
        int[] said = tokens(40);
        BlockTable table = new BlockTable(pool, BLOCK_TOKENS);
        table.growTo(40);
        int inserted = prefixes.insert("", said, 40, table, 0);
        prefixes.keepPart("", said, 40, table);
        int part = table.blocks()[2];
        table.releaseAll();
        assertThat(inserted).isEqualTo(2);
        assertThat(pool.reusable()).isEqualTo(3);

        BlockTable first = new BlockTable(pool, BLOCK_TOKENS);
        BlockTable second = new BlockTable(pool, BLOCK_TOKENS);
        assertThat(prefixes.reusePart("other", tokens(60), 32, 59, second)).isZero();
        assertThat(prefixes.reuse("", tokens(60), 59, first)).isEqualTo(32);
        assertThat(prefixes.reusePart("", tokens(60), 32, 59, first)).isEqualTo(8);
        assertThat(prefixes.reuse("", tokens(60), 59, second)).isEqualTo(32);
        assertThat(prefixes.reusePart("", tokens(60), 32, 59, second)).isZero();
        assertThat(first.blocks()[2]).isEqualTo(part);
        second.releaseAll();
        first.releaseAll();
        assertThat(pool.reusable()).isEqualTo(2);
        assertThat(pool.held()).isZero();
        assertThat(pool.available()).isEqualTo(BLOCKS);
    }
}
