/**
 * Kernels of training, forward and backward, in C and in plain Java. Called by the training thread; the worker pool helps.
 */
@NullMarked
package dev.altiplano.training.kernel;

import org.jspecify.annotations.NullMarked;
