/**
 * From a path to a model in memory: opens the checkpoint, checks that it fits, gets its {@link dev.altiplano.engine.load.weights}, and
 * warms the model up. Runs on the thread that opens the engine.
 */
@NullMarked
package dev.altiplano.engine.load;

import org.jspecify.annotations.NullMarked;
