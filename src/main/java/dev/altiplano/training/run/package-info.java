/**
 * A training run: its configuration, its data, its steps, its checkpoints and its log. In: a configuration or a base model with
 * examples. Out: a folder with the state of the run, the log, the curve and the exported model. Runs on the calling thread.
 */
@NullMarked
package dev.altiplano.training.run;

import org.jspecify.annotations.NullMarked;
