package dev.altiplano.engine.speculate;

import dev.altiplano.engine.sample.LogitsProcessor;
import dev.altiplano.engine.sample.SamplingParams;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * How a sequence goes on from logits.
 *
 * @param promptLength tokens that were given
 * @param salt what its beginnings may be shared with
 * @param processors what changes its logits, in order
 * @param ends tokens at which it ends
 */
public record Continuation(
        int promptLength, String salt, SamplingParams sampling, List<LogitsProcessor> processors, IntPredicate ends) {}
