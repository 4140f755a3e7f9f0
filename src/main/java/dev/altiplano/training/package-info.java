/**
 * The LLaMA recipe at small scale: text is generated or read, cleaned, turned into tokens, learned, and exported as a checkpoint
 * that the engine serves. This package holds what its parts share; {@link dev.altiplano.training.run} is where a run begins.
 * Everything runs on the calling thread; the kernels' worker pool helps.
 */
@NullMarked
package dev.altiplano.training;

import org.jspecify.annotations.NullMarked;
