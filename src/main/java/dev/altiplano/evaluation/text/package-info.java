/**
 * Perplexity of a text in chunks. In come token ids and a model, out go perplexities with their errors. One thread calls;
 * virtual threads wait for the model.
 */
@NullMarked
package dev.altiplano.evaluation.text;

import org.jspecify.annotations.NullMarked;
