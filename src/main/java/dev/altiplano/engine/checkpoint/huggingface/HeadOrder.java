package dev.altiplano.engine.checkpoint.huggingface;

/**
 * Where Hugging Face stores the rows of a query or key head. It rotates the two halves of a head against each other, and so stores
 * the official rows 2k and 2k + 1 as rows k and k + rotated / 2; rows behind the rotated ones lie where they should.
 */
public record HeadOrder(int headDim, int rotated) {

    /** The stored row of an official one. */
    public int stored(int official) {
        int inHead = official % headDim;
        return inHead >= rotated ? official : official - inHead + inHead / 2 + inHead % 2 * (rotated / 2);
    }
}
