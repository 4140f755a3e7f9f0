/**
 * Commands on model files: {@code verify}, {@code merge} and {@code quantize}. In come checkpoints, out come reports and
 * GGUF files. Runs on the main thread.
 */
@NullMarked
package dev.altiplano.tool.convert;

import org.jspecify.annotations.NullMarked;
