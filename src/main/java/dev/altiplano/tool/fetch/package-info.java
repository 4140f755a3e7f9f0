/**
 * The command {@code fetch}: in come an address and a checksum, out comes a checked file, continued where it broke off.
 * Runs on the main thread.
 */
@NullMarked
package dev.altiplano.tool.fetch;

import org.jspecify.annotations.NullMarked;
