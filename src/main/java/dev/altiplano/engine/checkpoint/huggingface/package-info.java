/**
 * Reader of Hugging Face folders: {@code config.json}, safetensors or {@code .bin} files, and the tokenizer's files.
 * Called by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.huggingface;

import org.jspecify.annotations.NullMarked;
