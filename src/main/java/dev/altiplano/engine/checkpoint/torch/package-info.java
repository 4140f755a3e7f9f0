/**
 * Reader and writer of {@code .pth} files: a ZIP archive, and a pickle of which the few globals that a checkpoint needs
 * are known and nothing is executed. Called by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
