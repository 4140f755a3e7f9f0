/**
 * Kernels in plain Java: what every operation is, against which the other backends are held. Called by the engine thread;
 * the worker pool shares the rows.
 */
@NullMarked
package dev.altiplano.engine.kernel.scalar;

import org.jspecify.annotations.NullMarked;
