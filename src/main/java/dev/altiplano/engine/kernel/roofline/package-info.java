/**
 * What the machine can do: measures memory bandwidth and multiply rate, against which speed is judged. Called by the
 * command line tools.
 */
@NullMarked
package dev.altiplano.engine.kernel.roofline;

import org.jspecify.annotations.NullMarked;
