/**
 * The transformer as training sees it: one flat vector of weights, a forward pass that keeps what the backward pass needs, and
 * the backward pass. In: batches of tokens. Out: losses, gradients, logits. Runs on the thread of the trainer.
 */
@NullMarked
package dev.altiplano.training.model;

import org.jspecify.annotations.NullMarked;
