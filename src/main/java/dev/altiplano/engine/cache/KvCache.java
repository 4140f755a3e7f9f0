package dev.altiplano.engine.cache;

import dev.altiplano.engine.kernel.KvShape;
import java.lang.foreign.MemorySegment;

/**
 * The memory of keys and values, in the layout of {@link KvShape}.
 *
 * @param memory the bytes; whoever made the cache owns them
 */
public record KvCache(KvShape shape, MemorySegment memory) {}
