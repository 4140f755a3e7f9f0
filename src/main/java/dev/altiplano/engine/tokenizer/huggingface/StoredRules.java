package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a {@code tokenizer.json} as a GGUF file keeps them: all but the vocabulary and the merges, for which GGUF
 * has lists, and with what other files of the folder say of added tokens and of what stands around a prompt.
 */
final class StoredRules {

    private static final List<String> STEPS = List.of("normalizer", "pre_tokenizer", "decoder");
    private static final String BOUNDARIES = "boundaries";
    private static final int NONE = -1;

    private StoredRules() {}

    /** The rules of a folder whose tokenizer is {@code tokenizer}. */
    static Map<String, Object> write(HuggingFaceFiles files, Tokenizer tokenizer) {
        Tree json = files.document(HuggingFaceFiles.TOKENIZER);
        Map<String, Object> rules = new LinkedHashMap<>();
        for (String step : STEPS) {
            if (json.value(step) instanceof Object rule) {
                rules.put(step, rule);
            }
        }
        Tree model = json.object("model");
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Object key : model.keys()) {
            String name = String.valueOf(key);
            if (!name.equals("vocab") && !name.equals("merges") && model.value(name) instanceof Object value) {
                settings.put(name, value);
            }
        }
        rules.put("model", settings);
        rules.put(
                "added_tokens",
                AddedTokenReader.read(files).stream().map(StoredRules::token).toList());
        rules.put(BOUNDARIES, boundaries(tokenizer));
        return rules;
    }

    /** A token with all its flags. */
    static Map<String, Object> token(AddedToken token) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("id", (long) token.id());
        written.put("content", token.text());
        written.put("special", token.control());
        written.put("normalized", token.normalized());
        written.put("lstrip", token.stripsLeft());
        written.put("rstrip", token.stripsRight());
        written.put("single_word", token.singleWord());
        return written;
    }

    private static Map<String, Object> boundaries(Tokenizer tokenizer) {
        Map<String, Object> written = new LinkedHashMap<>();
        if (tokenizer.bos() >= 0) {
            written.put("bos", (long) tokenizer.bos());
        }
        if (tokenizer.eos() >= 0) {
            written.put("eos", (long) tokenizer.eos());
        }
        written.put(
                "prefix", tokenizer.prefixIds().stream().map(Integer::longValue).toList());
        written.put(
                "suffix", tokenizer.suffixIds().stream().map(Integer::longValue).toList());
        written.put(
                "ends", tokenizer.ends().stream().map(end -> (long) end.id()).toList());
        return written;
    }

    /** What stands around a prompt under {@code rules}; {@code ends} are those that other keys of the file name. */
    static Boundaries boundaries(Map<String, Object> rules, List<EndToken> ends) {
        Tree stored = new Tree(HuggingFaceFiles.TOKENIZER, rules).object(BOUNDARIES);
        List<EndToken> all = new ArrayList<>(ends);
        stored.ids("ends").forEach(id -> all.add(new EndToken(id, BOUNDARIES + " of its rules")));
        return new Boundaries(
                stored.has("bos") ? stored.id("bos") : NONE,
                stored.has("eos") ? stored.id("eos") : NONE,
                stored.ids("prefix"),
                stored.ids("suffix"),
                all);
    }

    /** The folder that the lists of a GGUF file and {@code rules} beside them stand for. */
    static HuggingFaceFiles read(List<String> tokens, int[] kinds, List<String> merges, Map<String, Object> rules) {
        Tree json = new Tree(HuggingFaceFiles.TOKENIZER, rules);
        Set<Integer> added = new HashSet<>();
        json.objects("added_tokens").forEach(token -> added.add(token.id("id")));
        Map<String, Object> vocabulary = LinkedHashMap.newLinkedHashMap(tokens.size());
        for (int id = 0; id < Math.min(kinds.length, tokens.size()); id++) {
            boolean ofTheModel = switch (kinds[id]) {
                case JsonVocabulary.UNUSED -> false;
                case JsonVocabulary.CONTROL, JsonVocabulary.USER_DEFINED -> !added.contains(id);
                default -> true;
            };
            if (ofTheModel) {
                vocabulary.put(tokens.get(id), (long) id);
            }
        }
        Map<String, Object> model = new HashMap<>();
        Tree settings = json.object("model");
        for (Object key : settings.keys()) {
            model.put(String.valueOf(key), settings.value(String.valueOf(key)));
        }
        model.put("vocab", vocabulary);
        model.put("merges", merges);
        Map<String, Object> document = new HashMap<>(rules);
        document.put("model", model);
        return new HuggingFaceFiles(Map.of(HuggingFaceFiles.TOKENIZER, document), null, tokens.size());
    }
}
