package dev.altiplano.tool.eval;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A model that is asked over HTTP. */
final class ServerOptions {

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description =
                    "Ask a server with OpenAI's completions (echo and logprobs) and /tokenize, in place of MODEL.")
    @Nullable
    String baseUrl;

    @Option(names = "--model-name", paramLabel = "NAME", description = "The server's model; its first by default.")
    String name = "";

    @Option(
            names = "--api-key-variable",
            paramLabel = "NAME",
            description = "The environment variable with the key (default: ${DEFAULT-VALUE}).")
    String keyVariable = "OPENAI_API_KEY";

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "Longest sequence in tokens; the model's own by default.")
    int maxLength;

    @Option(names = "--parallel", paramLabel = "N", description = "Requests at once (default: ${DEFAULT-VALUE}).")
    int parallel = 16;

    @Option(names = "--backend", paramLabel = "NAME", description = "What computes: auto, native, vector or scalar.")
    String backend = "auto";
}
