package dev.altiplano.engine.checkpoint.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The architectures that can be computed, by the names that files give them. GGUF files call the whole family {@code llama}. */
public enum Architecture {
    /** Llama 1 to 3.3 and what has their shape; in GGUF also Mistral and Mixtral. */
    LLAMA(
            List.of("llama"),
            List.of("llama"),
            List.of("LlamaForCausalLM", "LLaMAForCausalLM", "LlamaModel"),
            false,
            false),
    /** Llama with a sliding window, which newer versions leave out. */
    MISTRAL(List.of(), List.of("mistral"), List.of("MistralForCausalLM", "MistralModel"), true, false),
    /** Mistral with experts in the place of each feed-forward layer. */
    MIXTRAL(List.of(), List.of("mixtral"), List.of("MixtralForCausalLM", "MixtralModel"), true, true);

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes lists that do not change
    private final List<String> ggufNames;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> modelTypes;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> classNames;

    private final boolean slidingWindow;
    private final boolean experts;

    Architecture(
            List<String> ggufNames,
            List<String> modelTypes,
            List<String> classNames,
            boolean slidingWindow,
            boolean experts) {
        this.ggufNames = ggufNames;
        this.modelTypes = modelTypes;
        this.classNames = classNames;
        this.slidingWindow = slidingWindow;
        this.experts = experts;
    }

    /** The architecture that GGUF's {@code general.architecture} calls {@code name}. */
    public static Optional<Architecture> ofGguf(String name) {
        return Arrays.stream(values())
                .filter(each -> each.ggufNames.contains(name))
                .findFirst();
    }

    /** The architecture that Hugging Face's {@code model_type} calls {@code name}. */
    public static Optional<Architecture> ofModelType(String name) {
        return Arrays.stream(values())
                .filter(each -> each.modelTypes.contains(name))
                .findFirst();
    }

    /** All names of GGUF that are known, for an error. */
    public static String ggufNames() {
        return Arrays.stream(values()).flatMap(each -> each.ggufNames.stream()).collect(Collectors.joining(", "));
    }

    /** All model types that are known, for an error. */
    public static String modelTypes() {
        return Arrays.stream(values()).flatMap(each -> each.modelTypes.stream()).collect(Collectors.joining(", "));
    }

    /** What Hugging Face's {@code architectures} may name. */
    public List<String> classNames() {
        return classNames;
    }

    /** Whether a Hugging Face configuration may state a sliding window. */
    public boolean slidingWindow() {
        return slidingWindow;
    }

    /** Whether a Hugging Face configuration states experts. */
    public boolean experts() {
        return experts;
    }
}
