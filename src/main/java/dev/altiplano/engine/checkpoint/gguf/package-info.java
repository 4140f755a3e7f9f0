/**
 * Reader and writer of GGUF files. Called by the loading thread and by the command line tools.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
