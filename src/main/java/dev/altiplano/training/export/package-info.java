/**
 * Writes trained weights in Meta's layout, and adapters in PEFT's. In: a vector of weights, its shape, a tokenizer. Out: a folder
 * that the engine and PyTorch read.
 */
@NullMarked
package dev.altiplano.training.export;

import org.jspecify.annotations.NullMarked;
