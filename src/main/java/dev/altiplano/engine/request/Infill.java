package dev.altiplano.engine.request;

import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes out the text before and behind a gap as a model was trained to see them: it then goes on with what belongs into the gap.
 * Immutable; serves any thread.
 */
final class Infill {

    /**
     * The tokens of one family of models.
     *
     * @param before stands in front of the text before the gap
     * @param after stands in front of the text behind it
     * @param middle stands at the end; empty where nothing does
     * @param afterFirst whether the text behind the gap comes first
     */
    private record Names(String before, String after, String middle, boolean afterFirst) {}

    /** Code Llama (arXiv 2308.12950, its reference code); StarCoder and Granite; Qwen's coders; DeepSeek Coder; Codestral. */
    private static final List<Names> KNOWN = List.of(
            new Names("▁<PRE>", "▁<SUF>", "▁<MID>", false),
            new Names("<fim_prefix>", "<fim_suffix>", "<fim_middle>", false),
            new Names("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", false),
            new Names("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", false),
            new Names("[PREFIX]", "[SUFFIX]", "", true));

    private final Tokenizer tokenizer;
    private final @Nullable Names names;
    private final Map<String, Integer> ids;

    Infill(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        Set<String> wanted = new HashSet<>();
        KNOWN.forEach(known -> wanted.addAll(List.of(known.before, known.after, known.middle)));
        ids = new HashMap<>();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (tokenizer.hasToken(id) && wanted.contains(tokenizer.piece(id))) {
                ids.putIfAbsent(tokenizer.piece(id), id);
            }
        }
        names = KNOWN.stream().filter(this::has).findFirst().orElse(null);
    }

    private boolean has(Names known) {
        return ids.containsKey(known.before)
                && ids.containsKey(known.after)
                && (known.middle.isEmpty() || ids.containsKey(known.middle));
    }

    /** The prompt; throws {@link InvalidRequestException} for a model that was not trained to fill gaps. */
    int[] encode(String before, String after) {
        if (names == null) {
            throw new InvalidRequestException(
                    "suffix",
                    "unsupported_parameter",
                    "suffix is not supported: the model's vocabulary has no tokens for text before and behind a gap");
        }
        IntStream first = part(names.before, tokenizer.encode(before));
        // The reference code keeps the space away that would mark the beginning of a text.
        IntStream second = part(names.after, tokenizer.encodeContinuation(after));
        IntStream parts = names.afterFirst ? IntStream.concat(second, first) : IntStream.concat(first, second);
        IntStream begin = tokenizer.prefixIds().stream().mapToInt(Integer::intValue);
        return IntStream.concat(IntStream.concat(begin, parts), part(names.middle, new int[0]))
                .toArray();
    }

    private IntStream part(String name, int[] text) {
        Integer id = ids.get(name);
        return id == null ? IntStream.of(text) : IntStream.concat(IntStream.of(id), IntStream.of(text));
    }
}
