/**
 * What commands say: progress, sizes, errors and interruption. Runs on the command's thread.
 */
@NullMarked
package dev.altiplano.tool.console;

import org.jspecify.annotations.NullMarked;
