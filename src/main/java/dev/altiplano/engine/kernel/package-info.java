/**
 * The contract of what computes. In: memory segments, sizes, offsets and KV block ids; out: memory segments. Knows no
 * model, no sequence and no block table. {@link dev.altiplano.engine.kernel.Kernels} is the seam; its backends give the
 * same answer to the same rows whatever their number and the number of threads. Called by the engine thread, which
 * computes together with the threads of the worker pool.
 */
@NullMarked
package dev.altiplano.engine.kernel;

import org.jspecify.annotations.NullMarked;
