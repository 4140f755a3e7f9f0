/**
 * Reader of weights in few bits as Hugging Face folders hold them (GPTQ, AWQ, FP8, compressed-tensors): in come the tensors
 * of safetensors files and {@code quantization_config}, out come matrices in a type of GGUF that has the same values. Called
 * by the loading thread; the matrices are read by several threads.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.quantized;

import org.jspecify.annotations.NullMarked;
