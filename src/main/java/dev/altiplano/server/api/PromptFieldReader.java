package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.Prompt;
import dev.altiplano.server.api.error.ApiException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the prompts of a body against the model, and shortens them where that is asked for. */
public final class PromptFieldReader {

    private final List<Prompt> prompts;
    /** Tokens that are kept of each prompt; 0 keeps all. */
    private final int maxTokens;

    private PromptFieldReader(List<Prompt> prompts, int maxTokens) {
        this.prompts = prompts;
        this.maxTokens = maxTokens;
    }

    /**
     * Reads {@code field}, which clients call {@code name}.
     *
     * @param truncateTo the field {@code truncate_prompt_tokens}; -1 keeps what fits
     * @param room tokens of the context that what fits must leave
     * @throws ApiException where it is missing or has an id that the vocabulary has not
     */
    public static PromptFieldReader of(
            String name, @Nullable PromptField field, Engine engine, @Nullable Long truncateTo, int room) {
        if (field == null) {
            throw ApiException.invalid(name, "missing_parameter", name + " is required");
        }
        requireInVocabulary(name, field.prompts(), engine.card().vocabularySize());
        int contextLength = engine.card().contextLength();
        int keep = FieldRange.integer("truncate_prompt_tokens", truncateTo, -1, contextLength, 0);
        return new PromptFieldReader(field.prompts(), keep < 0 ? Math.max(1, contextLength - room) : keep);
    }

    /** The prompts as they were sent. */
    public List<Prompt> prompts() {
        return prompts;
    }

    /** Whether prompts may have to be shortened. */
    public boolean truncates() {
        return maxTokens > 0;
    }

    /** The last of {@code ids} as far as they are kept: what a completion continues. */
    public Prompt.Ids truncated(int[] ids) {
        return new Prompt.Ids(
                maxTokens == 0 || ids.length <= maxTokens
                        ? ids
                        : Arrays.copyOfRange(ids, ids.length - maxTokens, ids.length));
    }

    /** How clients call the prompt at {@code index}. */
    public static String nameOf(String name, int prompts, int index) {
        return prompts == 1 ? name : name + "[" + index + "]";
    }

    private static void requireInVocabulary(String name, List<Prompt> prompts, int vocabularySize) {
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i) instanceof Prompt.Ids(int[] ids)) {
                for (int j = 0; j < ids.length; j++) {
                    if (ids[j] < 0 || ids[j] >= vocabularySize) {
                        throw ApiException.invalid(
                                name,
                                "token_out_of_range",
                                nameOf(name, prompts.size(), i) + "[" + j + "] must be a token id from 0 to "
                                        + (vocabularySize - 1) + ", not " + ids[j]);
                    }
                }
            }
        }
    }
}
