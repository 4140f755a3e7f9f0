package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.kernel.scalar.ScalarAttention;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** {@code struct attention} of attention.h. {@link NativeFacts} compares its layout with the library's. */
final class AttentionArguments {

    /** The most queries of a tile. */
    static final int TILE_QUERIES = 96;

    static final int KV_F32 = 0;
    static final int KV_F16 = 1;
    static final int KV_Q8 = 2;
    static final int KV_I16 = 3;

    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ADDRESS.withName("qkv"),
            ADDRESS.withName("out"),
            ADDRESS.withName("kv"),
            ADDRESS.withName("cos_sin"),
            ADDRESS.withName("positions"),
            ADDRESS.withName("lists"),
            ADDRESS.withName("blocks"),
            ADDRESS.withName("partials"),
            JAVA_LONG.withName("heads"),
            JAVA_LONG.withName("kv_heads"),
            JAVA_LONG.withName("head_dim"),
            JAVA_LONG.withName("block_tokens"),
            JAVA_LONG.withName("format"),
            JAVA_LONG.withName("head_bytes"),
            JAVA_FLOAT.withName("scale"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("window"));

    private static final long QKV = offset("qkv");
    private static final long OUT = offset("out");
    private static final long KV = offset("kv");
    private static final long COS_SIN = offset("cos_sin");
    private static final long POSITIONS = offset("positions");
    private static final long LISTS = offset("lists");
    private static final long BLOCKS = offset("blocks");
    private static final long PARTIALS = offset("partials");
    private static final long HEADS = offset("heads");
    private static final long KV_HEADS = offset("kv_heads");
    private static final long HEAD_DIM = offset("head_dim");
    private static final long BLOCK_TOKENS = offset("block_tokens");
    private static final long FORMAT = offset("format");
    private static final long HEAD_BYTES = offset("head_bytes");
    private static final long SCALE = offset("scale");
    private static final long WINDOW = offset("window");

    private final MemorySegment arguments;

    AttentionArguments(Arena arena) {
        arguments = arena.allocate(LAYOUT.byteSize(), 64);
    }

    long address() {
        return arguments.address();
    }

    /** What a call reads and writes. */
    void memory(
            MemorySegment qkv,
            MemorySegment out,
            MemorySegment cosSin,
            long kvAddress,
            MemorySegment partials,
            RowBatch batch) {
        arguments.set(ADDRESS, QKV, qkv);
        arguments.set(ADDRESS, OUT, out);
        // A number, not a slice: a slice would be an object for each call.
        arguments.set(JAVA_LONG, KV, kvAddress);
        arguments.set(ADDRESS, COS_SIN, cosSin);
        arguments.set(ADDRESS, POSITIONS, batch.positions());
        arguments.set(ADDRESS, LISTS, batch.blockListOffsets());
        arguments.set(ADDRESS, BLOCKS, batch.blockIds());
        arguments.set(ADDRESS, PARTIALS, partials);
    }

    /**
     * How KV memory is laid out, how many heads read it, and how far back.
     *
     * @param window positions that a row sees, itself the last; 0 is all
     */
    void shape(int heads, KvShape shape, int window) {
        arguments.set(JAVA_LONG, HEADS, heads);
        arguments.set(JAVA_LONG, KV_HEADS, shape.kvHeads());
        arguments.set(JAVA_LONG, HEAD_DIM, shape.headDim());
        arguments.set(JAVA_LONG, BLOCK_TOKENS, shape.blockTokens());
        arguments.set(JAVA_LONG, FORMAT, code(shape.format()));
        arguments.set(JAVA_LONG, HEAD_BYTES, shape.headBytes());
        arguments.set(JAVA_FLOAT, SCALE, ScalarAttention.scale(shape.headDim()));
        arguments.set(JAVA_LONG, WINDOW, window);
    }

    static long code(KvFormat format) {
        return switch (format) {
            case F32 -> KV_F32;
            case F16 -> KV_F16;
            case Q8_0 -> KV_Q8;
            case I16 -> KV_I16;
        };
    }

    private static long offset(String field) {
        return LAYOUT.byteOffset(PathElement.groupElement(field));
    }
}
