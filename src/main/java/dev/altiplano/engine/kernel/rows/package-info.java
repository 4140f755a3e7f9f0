/**
 * What models add to rows of activations beside the products: biases, and the way to the experts and back. In come segments of the
 * caller, changed in place; plain Java, the same for every backend. Called by the engine thread, the worker pool helps.
 */
@NullMarked
package dev.altiplano.engine.kernel.rows;

import org.jspecify.annotations.NullMarked;
