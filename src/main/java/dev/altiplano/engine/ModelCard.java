package dev.altiplano.engine;

import dev.altiplano.engine.chat.ToolCallFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine serves.
 *
 * @param id the name under which it is served
 * @param format the container it came from: {@code meta}, {@code gguf} or {@code hugging_face}
 * @param size the published size whose shape it has ({@code 7B}, …), or {@code custom}
 * @param parameters number of weights
 * @param weightFormats bytes held in each weight format
 * @param contextLength longest sequence in tokens
 * @param bos id of the beginning of sequence, -1 where there is none
 * @param eos id of the end of sequence, -1 where there is none
 * @param padText the token that fills up batches, null where there is none
 * @param weightBytes memory that the weights take
 * @param kvBytes memory for keys and values
 * @param backend what computes, for example {@code native avx512-vnni, 2 threads}
 * @param backendDetail how it was chosen and why nothing better
 * @param loadSeconds opening to ready
 * @param oneRule whether all rows are computed by one rule, so that an answer does not depend on the machine
 * @param contentDigest 16 hexadecimal digits that differ where weights, formats, shape, tokens, chat templates or the definition of numbers do
 * @param chatTemplate what writes its conversations out, null for a base model
 * @param toolCalls how it writes tool calls
 */
public record ModelCard(
        String id,
        String format,
        String size,
        long parameters,
        Map<String, Long> weightFormats,
        int layers,
        int hiddenSize,
        int contextLength,
        int vocabularySize,
        int bos,
        String bosText,
        int eos,
        String eosText,
        @Nullable String padText,
        long weightBytes,
        long kvBytes,
        int kvBlockTokens,
        String backend,
        String backendDetail,
        double loadSeconds,
        boolean oneRule,
        String contentDigest,
        @Nullable String chatTemplate,
        ToolCallFormat toolCalls) {

    /** Whether it has a chat template. */
    public boolean chats() {
        return chatTemplate != null;
    }
}
