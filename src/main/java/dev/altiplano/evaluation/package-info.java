/**
 * Judges models: tasks in the declarative part of lm-evaluation-harness' YAML, perplexity of texts, divergence between two
 * models. In come task files, documents and a model (an engine in this process, or a server); out go metrics with standard
 * errors, and reports. The arithmetic is the harness's, so that digits can be compared. No threads of its own but those that
 * wait for answers.
 */
@NullMarked
package dev.altiplano.evaluation;

import org.jspecify.annotations.NullMarked;
