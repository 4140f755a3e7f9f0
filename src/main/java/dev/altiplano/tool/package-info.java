/**
 * Commands beside serving: in come a command line and files, out come a report and an exit code (0 done, 1 failed with file
 * and reason on standard error, 2 wrong usage). Runs on the main thread, without Spring.
 */
@NullMarked
package dev.altiplano.tool;

import org.jspecify.annotations.NullMarked;
