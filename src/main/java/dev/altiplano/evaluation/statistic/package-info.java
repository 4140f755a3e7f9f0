/**
 * Numbers about numbers: Python's random draws, aggregations, standard errors, significance. In come values of documents, out
 * go values of tasks. Plain functions, for any thread.
 */
@NullMarked
package dev.altiplano.evaluation.statistic;

import org.jspecify.annotations.NullMarked;
