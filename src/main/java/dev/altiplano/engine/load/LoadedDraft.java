package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.model.Model;

/**
 * A draft model in memory, beside the model that it drafts for: with the same vocabulary, kernels and owner of memory.
 *
 * @param config its shape, with the longest sequence that it can draft for
 * @param blocks KV blocks that it has for itself
 */
public record LoadedDraft(Hyperparameters config, Model model, int blocks) {}
