package dev.altiplano.engine.checkpoint;

/** The containers that are read. */
public enum CheckpointFormat {
    /** {@code params.json} and {@code consolidated.0N.pth}, as Meta ships LLaMA. */
    META,
    /** llama.cpp's single file. */
    GGUF,
    /** {@code config.json} and safetensors. */
    HUGGING_FACE
}
