package dev.altiplano.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Tables of blocks hold what they have taken, also where taking fails. */
class BlockTableTest {

    private static final int BLOCKS = 2;

    @Test
    void whatCouldNotBeTakenIsNotHeld() {
        BlockPool pool = new BlockPool(BLOCKS);
        BlockTable owner = new BlockTable(pool, 1);
        owner.growTo(1);
        int known = pool.take();
        pool.markCached(known);
        pool.release(known);
        pool.onEviction(block -> {
            throw new OutOfMemoryError("simulated");
        });
        BlockTable table = new BlockTable(pool, 1);
        assertThatThrownBy(() -> table.growTo(1)).isInstanceOf(OutOfMemoryError.class);
        assertThat(table.held()).isZero();
        table.releaseAll();
        assertThat(owner.held()).isOne();
        owner.releaseAll();
    }
}
