/**
 * The command {@code probe}: asks a running service whether it is ready, or for an answer. Runs on the main thread.
 */
@NullMarked
package dev.altiplano.tool.probe;

import org.jspecify.annotations.NullMarked;
