/**
 * LoRA adapters as files: in comes PEFT's folder (a GGUF file is read by its own reader), out come pairs of small matrices by the name of the
 * tensor that they change, checked against the model's shape. Called by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.adapter;

import org.jspecify.annotations.NullMarked;
