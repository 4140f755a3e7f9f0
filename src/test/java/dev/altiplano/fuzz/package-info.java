/**
 * Readers of hostile input, each behind a method that takes bytes and throws where more happens than a refusal in our own words. In
 * {@code verify} they get what is kept in {@code src/test/resources/fuzz}; with the profile {@code fuzz} Jazzer looks for more. One
 * thread, one process for each target.
 */
@NullMarked
package dev.altiplano.fuzz;

import org.jspecify.annotations.NullMarked;
