/**
 * How toxic a text is: by a list of words, or by a classifier behind HTTP. In come texts, out go numbers from 0 to 1. Any
 * thread.
 */
@NullMarked
package dev.altiplano.evaluation.toxicity;

import org.jspecify.annotations.NullMarked;
