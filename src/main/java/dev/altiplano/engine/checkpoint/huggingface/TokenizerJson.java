package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.CheckpointException;
import dev.altiplano.engine.checkpoint.JsonObject;
import dev.altiplano.engine.checkpoint.JsonReader;
import dev.altiplano.engine.checkpoint.TokenizerData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Hugging Face {@code tokenizer.json} of model type BPE: byte-level as Llama 3 has it, or a SentencePiece vocabulary
 * with byte fallback as Llama 1 and 2 have it. A rule of splitting or normalizing that is not known is refused.
 */
final class TokenizerJson {

    private static final long MAX_BYTES = 32 << 20;
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int BYTE = 6;
    private static final String SPACE = "\u2581";
    /** How Llama 3 splits text before it merges; GGUF calls the rule llama-bpe. */
    private static final String LLAMA3_SPLIT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private final Path file;
    private final JsonObject root;
    private final JsonObject model;
    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int[] kinds;

    private TokenizerJson(Path file, int vocabularySize) {
        this.file = file;
        this.root = JsonReader.readFile(file, MAX_BYTES);
        this.model = root.object("model");
        if (model.has("type") && !model.text("type").equals("BPE")) {
            throw new CheckpointException(
                    file,
                    "its model is of type \"" + JsonObject.shorten(model.text("type")) + "\"; only BPE is supported");
        }
        JsonObject vocabulary = model.object("vocab");
        List<?> added = root.has("added_tokens") ? root.list("added_tokens") : List.of();
        for (String token : vocabulary.keys()) {
            ids.put(token, (int) vocabulary.integer(token, 0, vocabularySize - 1L));
        }
        for (Object entry : added) {
            JsonObject token = entry(entry);
            ids.put(token.text("content"), (int) token.integer("id", 0, vocabularySize - 1L));
        }
        this.tokens = byId();
        this.kinds = new int[tokens.size()];
        Arrays.fill(kinds, NORMAL);
        for (Object entry : added) {
            JsonObject token = entry(entry);
            kinds[(int) token.integer("id", 0, kinds.length - 1L)] =
                    token.flag("special", false) ? CONTROL : USER_DEFINED;
        }
    }

    /**
     * Reads the vocabulary.
     *
     * @param config has {@code bos_token_id}
     * @param ends has {@code eos_token_id}, one or several
     */
    static TokenizerData read(Path file, JsonObject config, JsonObject ends, int vocabularySize) {
        TokenizerJson json = new TokenizerJson(file, vocabularySize);
        List<Integer> bos = HuggingFaceConfig.ids(config, "bos_token_id", json.tokens.size());
        List<Integer> eos = HuggingFaceConfig.ids(ends, "eos_token_id", json.tokens.size());
        if (eos.isEmpty()) {
            eos = HuggingFaceConfig.ids(config, "eos_token_id", json.tokens.size());
        }
        if (bos.isEmpty() || eos.isEmpty()) {
            throw new CheckpointException(config.file(), "does not state bos_token_id and eos_token_id");
        }
        return json.model.flag("byte_fallback", false)
                ? json.pieces(bos.getFirst(), eos.getFirst())
                : json.merges(bos.getFirst(), eos);
    }

    private JsonObject entry(Object entry) {
        if (entry instanceof JsonObject object) {
            return object;
        }
        throw new CheckpointException(file, "added_tokens holds " + JsonObject.describe(entry));
    }

    private List<String> byId() {
        @Nullable String[] byId = new String[ids.size()];
        ids.forEach((token, id) -> {
            if (id >= byId.length || byId[id] != null) {
                throw new CheckpointException(
                        file,
                        "its " + byId.length + " tokens do not have the ids 0 to " + (byId.length - 1) + ": see id "
                                + id);
            }
            byId[id] = token;
        });
        List<String> list = new ArrayList<>();
        for (String token : byId) {
            list.add(String.valueOf(token));
        }
        return list;
    }

    private TokenizerData merges(int bos, List<Integer> eos) {
        return new TokenizerData.Merges(
                tokens,
                kinds,
                mergeLines(),
                splittingRule(),
                bos,
                eos.getFirst(),
                eos.stream().skip(1).mapToInt(Integer::intValue).toArray(),
                addsBos());
    }

    private List<String> mergeLines() {
        List<String> lines = new ArrayList<>();
        for (Object merge : model.list("merges")) {
            if (merge instanceof String line && line.indexOf(' ') > 0) {
                lines.add(line);
            } else if (merge instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof String left
                    && pair.get(1) instanceof String right) {
                lines.add(left + " " + right);
            } else {
                throw new CheckpointException(file, "merges holds " + JsonObject.describe(merge) + ", expected a pair");
            }
        }
        return lines;
    }

    private String splittingRule() {
        JsonObject rule = root.object("pre_tokenizer");
        if (rule.text("type").equals("ByteLevel") && isPlainByteLevel(rule, true)) {
            return "gpt-2";
        }
        if (rule.text("type").equals("Sequence")
                && rule.list("pretokenizers").size() == 2
                && rule.list("pretokenizers").get(0) instanceof JsonObject split
                && rule.list("pretokenizers").get(1) instanceof JsonObject bytes
                && split.text("type").equals("Split")
                && split.object("pattern").has("Regex")
                && split.object("pattern").text("Regex").equals(LLAMA3_SPLIT)
                && isPlainByteLevel(bytes, false)) {
            return "llama-bpe";
        }
        throw new CheckpointException(file, "its pre_tokenizer is neither Llama 3's nor GPT-2's");
    }

    private static boolean isPlainByteLevel(JsonObject rule, boolean splits) {
        return rule.text("type").equals("ByteLevel")
                && !rule.flag("add_prefix_space", true)
                && rule.flag("use_regex", true) == splits;
    }

    private TokenizerData pieces(int bos, int eos) {
        int unknown = model.has("unk_token") ? ids.getOrDefault(model.text("unk_token"), -1) : -1;
        if (unknown < 0) {
            throw new CheckpointException(file, "does not state its unk_token");
        }
        kinds[unknown] = UNKNOWN;
        float[] scores = new float[kinds.length];
        for (int id = 0; id < kinds.length; id++) {
            String token = tokens.get(id);
            if (kinds[id] == NORMAL && token.length() == 6 && token.startsWith("<0x") && token.endsWith(">")) {
                kinds[id] = BYTE;
            } else if (kinds[id] == NORMAL) {
                scores[id] = -id;
            }
        }
        checkMergeOrder();
        return new TokenizerData.Pieces(tokens, scores, kinds, bos, eos, unknown, addsBos(), addsDummyPrefix());
    }

    /** SentencePiece merges by the score of what comes out: the order of ids stands for it where merges follow that order. */
    private void checkMergeOrder() {
        int last = -1;
        for (String line : mergeLines()) {
            int space = line.indexOf(' ');
            Integer merged = ids.get(line.substring(0, space) + line.substring(space + 1));
            if (merged == null || merged < last) {
                throw new CheckpointException(
                        file,
                        "its merges are not in the order of their tokens, as SentencePiece's are: see "
                                + JsonObject.shorten(line));
            }
            last = merged;
        }
    }

    private boolean addsDummyPrefix() {
        if (root.has("normalizer") && root.object("normalizer").has("normalizers")) {
            for (Object step : root.object("normalizer").list("normalizers")) {
                if (entry(step).text("type").equals("Prepend")) {
                    return true;
                }
            }
            return false;
        }
        if (root.has("pre_tokenizer")
                && root.object("pre_tokenizer").text("type").equals("Metaspace")) {
            JsonObject rule = root.object("pre_tokenizer");
            return !rule.has("prepend_scheme")
                    ? rule.flag("add_prefix_space", true)
                    : !rule.text("prepend_scheme").equals("never");
        }
        throw new CheckpointException(file, "does not say how spaces become " + SPACE + " (normalizer or Metaspace)");
    }

    private boolean addsBos() {
        if (!root.has("post_processor")) {
            return false;
        }
        JsonObject processor = root.object("post_processor");
        List<?> steps = processor.has("processors") ? processor.list("processors") : List.of(processor);
        for (Object step : steps) {
            if (entry(step).text("type").equals("TemplateProcessing")) {
                List<?> template = entry(step).list("single");
                return !template.isEmpty() && entry(template.getFirst()).has("SpecialToken");
            }
        }
        return false;
    }
}
