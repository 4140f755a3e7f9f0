package dev.altiplano.engine.kernel;

/**
 * The layout of the KV memory: {@code [layer][block][kvHead]} and, for each KV head, the keys
 * {@code [headDim][blockTokens]} (positions side by side, so that scores of neighbouring positions are computed in the lanes of
 * one vector) followed by the values {@code [blockTokens][headDim]}. In Q8_0 the keys' scales {@code [group][blockTokens]} follow
 * the keys and the values' scales {@code [blockTokens][group]} the values, a group being 32 neighbouring elements of one token,
 * so that what is stored for a token depends on nothing but that token. In I16 two neighbours lie beside each other, as one
 * instruction multiplies them: keys {@code [headDim / 2][blockTokens][2]}, values {@code [blockTokens / 2][headDim][2]}, each followed by
 * their scales {@code [blockTokens]}.
 *
 * @param format how elements are stored
 * @param layers transformer layers
 * @param blocks KV blocks
 * @param blockTokens positions in a KV block, a multiple of 16
 * @param kvHeads key and value heads
 * @param headDim width of a head
 */
public record KvShape(KvFormat format, int layers, int blocks, int blockTokens, int kvHeads, int headDim) {

    public KvShape {
        if (blockTokens <= 0 || blockTokens % 16 != 0) {
            throw new IllegalArgumentException(
                    "a KV block of " + blockTokens + " tokens: must be a positive multiple of 16");
        }
    }

    /** Bytes of the keys, or of the values, of one KV head in one block of one layer. */
    public long headBytes() {
        return blockTokens * format.bytes(headDim);
    }

    /** Bytes of one block in one layer: all KV heads, keys and values. */
    public long layerBlockBytes() {
        return 2L * kvHeads * headBytes();
    }

    /** Bytes that one block takes over all layers. */
    public long blockBytes() {
        return layers * layerBlockBytes();
    }

    /** Bytes of the whole memory. */
    public long byteSize() {
        return Math.multiplyExact(blockBytes(), (long) blocks);
    }

    /** Where {@code block} of {@code layer} begins. */
    public long offset(int layer, int block) {
        return ((long) layer * blocks + block) * layerBlockBytes();
    }
}
