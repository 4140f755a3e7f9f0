/**
 * The transformer: in come token ids with their positions and KV blocks, out come logits. Knows no request and no sampler; all
 * arithmetic is done by {@link dev.altiplano.engine.kernel.Kernels}. Loaded by one thread, then called by the engine thread.
 */
@NullMarked
package dev.altiplano.engine.model;

import org.jspecify.annotations.NullMarked;
