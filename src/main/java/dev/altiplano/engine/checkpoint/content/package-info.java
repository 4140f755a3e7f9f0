/**
 * The content of a file while it is read: in come bytes or JSON, out come checked numbers and objects, or an error that
 * names the file and the place. Called by the loading thread and by the command line tools.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.content;

import org.jspecify.annotations.NullMarked;
