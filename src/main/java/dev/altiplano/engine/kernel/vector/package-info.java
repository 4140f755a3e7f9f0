/**
 * Kernels with the Vector API, for machines where no native library loads. The only package that knows {@code
 * jdk.incubator.vector}; its classes are loaded only where that module is. Called by the engine thread; the worker pool
 * shares the work.
 */
@NullMarked
package dev.altiplano.engine.kernel.vector;

import org.jspecify.annotations.NullMarked;
