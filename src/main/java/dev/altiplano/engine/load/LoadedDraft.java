package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.model.Model;

/**
 * A draft model in memory, beside the model that it guesses for: with the same vocabulary, kernels and owner of memory.
 *
 * @param config its shape, with the longest sequence that it can guess for
 * @param blocks KV blocks that it has for itself
 */
public record LoadedDraft(Hyperparameters config, Model model, int blocks) {}
