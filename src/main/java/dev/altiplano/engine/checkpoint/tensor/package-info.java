/**
 * Tensors of a file: a name, a shape, a type, and rows that are read when they are asked for. A tensor may be a part, a
 * join or a renaming of others. Called by the loading thread and the worker pool.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
