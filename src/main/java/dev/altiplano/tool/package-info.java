/**
 * The command line: in come its words, out comes an exit code (0 done, 1 failed with file and reason on standard error, 2
 * wrong usage). Each command has a package of its own. Runs on the main thread, without Spring.
 */
@NullMarked
package dev.altiplano.tool;

import org.jspecify.annotations.NullMarked;
