/**
 * Model files as tensors by name: in come files from anywhere, out come tensors, hyperparameters and the tokenizer's data.
 * Files are hostile: every count, length and offset is checked against what the file can hold before anything is
 * allocated. Called by the loading thread and by the command line tools.
 */
@NullMarked
package dev.altiplano.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
