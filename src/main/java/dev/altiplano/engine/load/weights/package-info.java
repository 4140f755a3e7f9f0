/**
 * Weights in the layout that the kernels read: in come a checkpoint's tensors and the wanted format; out comes memory that needs no file
 * any more, packed now or read from the weight cache. Runs on the thread that opens the engine.
 */
@NullMarked
package dev.altiplano.engine.load.weights;

import org.jspecify.annotations.NullMarked;
