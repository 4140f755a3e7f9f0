package dev.altiplano.server.api.embedding;

/**
 * How a client wants to see embeddings.
 *
 * @param base64 as the base64 of little-endian F32 instead of an array of numbers
 * @param dimensions how many numbers of each, at most as many as the model's hidden states have
 */
record EmbeddingOptions(boolean base64, int dimensions) {}
