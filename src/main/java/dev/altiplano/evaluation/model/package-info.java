/**
 * Models that are judged: an engine in this process, or a server that speaks OpenAI's completions. In come token ids, out go
 * log probabilities and texts. Calls wait for the answer; any number of threads may call at once.
 */
@NullMarked
package dev.altiplano.evaluation.model;

import org.jspecify.annotations.NullMarked;
