/**
 * lm-evaluation-harness' protocol: from tasks and documents to requests for a model, and from its answers to the values of
 * metrics. In come definitions, documents and answers; out go prompts, token ids and measurements. For one thread each.
 */
@NullMarked
package dev.altiplano.evaluation.protocol;

import org.jspecify.annotations.NullMarked;
