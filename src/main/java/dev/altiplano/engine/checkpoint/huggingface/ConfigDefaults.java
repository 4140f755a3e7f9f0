package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.architecture.Architecture;

/**
 * What transformers takes where a {@code config.json} lacks a key, from its configuration class of each model type.
 *
 * @param contextLength {@code max_position_embeddings}
 * @param kvHeads {@code num_key_value_heads}; 0 for as many as there are heads
 * @param normEpsilon {@code rms_norm_eps}
 * @param ropeTheta {@code rope_theta}
 */
record ConfigDefaults(int contextLength, int kvHeads, double normEpsilon, double ropeTheta) {

    static ConfigDefaults of(Architecture architecture) {
        return switch (architecture) {
            case LLAMA -> new ConfigDefaults(2048, 0, 1e-6, 1e4);
            case MISTRAL -> new ConfigDefaults(4096 * 32, 8, 1e-6, 1e4);
            case MIXTRAL -> new ConfigDefaults(4096 * 32, 8, 1e-5, 1e6);
        };
    }
}
