/**
 * How far a model's probabilities are from those of a reference: two models in memory, the same tokens, all logits of both. In
 * come two models and a text, out goes what the differences are. The calling thread computes.
 */
@NullMarked
package dev.altiplano.evaluation.divergence;

import org.jspecify.annotations.NullMarked;
