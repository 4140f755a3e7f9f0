/**
 * Kernels in C behind the foreign function interface: loads the library, lays arguments out as its structures want them,
 * and calls. Called by the engine thread and the worker pool.
 */
@NullMarked
package dev.altiplano.engine.kernel.ffm;

import org.jspecify.annotations.NullMarked;
