/**
 * Weights from files to the layout that kernels read: in come rows in a stored format, out come packed matrices, tables,
 * and rows as floats. The worker pool shares the work.
 */
@NullMarked
package dev.altiplano.engine.kernel.quant;

import org.jspecify.annotations.NullMarked;
