package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.bytelevel.ByteAlphabet;
import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.regex.RegexException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Mistral's {@code tekken.json} in the words of {@code tokenizer.json}. The file holds the bytes of each token by rank, of which as
 * many are used as its settings say; their ids stand behind those of the control tokens. Source: the file format of Mistral's
 * {@code mistral-common}.
 */
final class Tekken {

    private static final String FILE = "tekken.json";
    private static final int MAX_TOKENS = 1 << 20;
    private static final int LONGEST_TOKEN_BYTES = 512;
    private static final Pattern VERSION = Pattern.compile("v[0-9]{1,4}");
    private static final String BOS = "<s>";
    private static final String EOS = "</s>";

    /** What files say that were written before they listed their control tokens. */
    private static final List<String> FIRST_CONTROLS = List.of(
            "<unk>",
            BOS,
            EOS,
            "[INST]",
            "[/INST]",
            "[AVAILABLE_TOOLS]",
            "[/AVAILABLE_TOOLS]",
            "[TOOL_RESULTS]",
            "[/TOOL_RESULTS]",
            "[TOOL_CALLS]",
            "[IMG]",
            "<pad>",
            "[IMG_BREAK]",
            "[IMG_END]",
            "[PREFIX]",
            "[MIDDLE]",
            "[SUFFIX]");

    private final Tree file;
    private final int controlCount;
    /** Of each rank that is used, in the byte alphabet. */
    private final List<String> tokens;

    private Tekken(Tree file) {
        this.file = file;
        Tree config = file.object("config");
        int size = config.id("default_vocab_size");
        controlCount = config.id("default_num_special_tokens");
        if (size > MAX_TOKENS || controlCount >= size) {
            throw config.refuse("default_vocab_size is " + size + " with " + controlCount
                    + " control tokens; expected more than those, and at most " + MAX_TOKENS);
        }
        tokens = tokens(size - controlCount);
    }

    /** The documents with a {@code tokenizer.json} made of {@code tekken.json}, where there is only that. */
    static Map<String, Map<String, Object>> translated(Map<String, Map<String, Object>> documents) {
        Map<String, Object> tekken = documents.get(FILE);
        if (tekken == null || documents.containsKey(HuggingFaceFiles.TOKENIZER)) {
            return documents;
        }
        Map<String, Object> settings = new HashMap<>(Map.of("bos_token", BOS, "eos_token", EOS, "add_bos_token", true));
        settings.putAll(documents.getOrDefault(HuggingFaceFiles.TOKENIZER_CONFIG, Map.of()));
        Map<String, Map<String, Object>> all = new LinkedHashMap<>(documents);
        all.remove(FILE);
        all.put(HuggingFaceFiles.TOKENIZER, new Tekken(new Tree(FILE, tekken)).document());
        all.put(HuggingFaceFiles.TOKENIZER_CONFIG, settings);
        return all;
    }

    /** The number of the version that {@code tekken.json} says of itself ({@code v11}), or 0 where it says none. */
    static int version(Map<String, Map<String, Object>> documents) {
        Tree config = new Tree(FILE, documents.getOrDefault(FILE, Map.of())).objectOrNull("config");
        String version = config == null ? "" : config.text("version", "");
        return VERSION.matcher(version).matches() ? Integer.parseInt(version.substring(1)) : 0;
    }

    private Map<String, Object> document() {
        Map<String, Object> vocabulary = LinkedHashMap.newLinkedHashMap(tokens.size());
        for (int rank = 0; rank < tokens.size(); rank++) {
            vocabulary.put(tokens.get(rank), (long) controlCount + rank);
        }
        Map<String, Object> model =
                Map.of("type", "BPE", "ignore_merges", true, "vocab", vocabulary, "merges", merges());
        Map<String, Object> split =
                Map.of("type", "Split", "pattern", Map.of("Regex", pattern()), "behavior", "Isolated", "invert", false);
        Map<String, Object> bytes = Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", false);
        return Map.of(
                "pre_tokenizer",
                Map.of("type", "Sequence", "pretokenizers", List.of(split, bytes)),
                "decoder",
                bytes,
                "model",
                model,
                "added_tokens",
                controls());
    }

    private String pattern() {
        Tree config = file.object("config");
        String pattern = config.text("pattern");
        try {
            Regex.compile(pattern);
        } catch (RegexException e) {
            throw config.refuse("pattern: " + e.getMessage());
        }
        return pattern;
    }

    private List<String> tokens(int count) {
        List<Tree> entries = file.objects("vocab");
        if (entries.size() < count) {
            throw file.refuse("vocab has " + entries.size() + " tokens, but config uses " + count);
        }
        String[] found = new String[count];
        for (Tree entry : entries) {
            int rank = entry.id("rank");
            if (rank >= count) {
                continue;
            }
            if (found[rank] != null) {
                throw entry.refuse("its rank " + rank + " is given a second time");
            }
            found[rank] = ByteAlphabet.write(bytes(entry));
        }
        for (int rank = 0; rank < count; rank++) {
            if (found[rank] == null) {
                throw file.refuse("vocab has no token of rank " + rank);
            }
        }
        return List.of(found);
    }

    private static byte[] bytes(Tree entry) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(entry.text("token_bytes"));
        } catch (IllegalArgumentException e) {
            throw entry.refuse("token_bytes is not base64: " + e.getMessage());
        }
        if (bytes.length == 0 || bytes.length > LONGEST_TOKEN_BYTES) {
            throw entry.refuse("token_bytes has " + bytes.length + " bytes, allowed are 1 to " + LONGEST_TOKEN_BYTES);
        }
        return bytes;
    }

    /** Neighbours merge where together they are a token, the lowest rank first: so these are all cuts of each token into two tokens. */
    private List<List<String>> merges() {
        record Cut(int left, int right) {}
        Map<String, Integer> ranks = HashMap.newHashMap(tokens.size());
        for (int rank = 0; rank < tokens.size(); rank++) {
            ranks.putIfAbsent(tokens.get(rank), rank);
        }
        List<List<String>> merges = new ArrayList<>();
        List<Cut> cuts = new ArrayList<>();
        for (String token : tokens) {
            cuts.clear();
            for (int at = 1; at < token.length(); at++) {
                Integer left = ranks.get(token.substring(0, at));
                Integer right = left == null ? null : ranks.get(token.substring(at));
                if (left != null && right != null) {
                    cuts.add(new Cut(left, right));
                }
            }
            cuts.sort(Comparator.comparingInt(Cut::left).thenComparingInt(Cut::right));
            cuts.forEach(cut -> merges.add(List.of(tokens.get(cut.left), tokens.get(cut.right))));
        }
        return merges;
    }

    private List<Map<String, Object>> controls() {
        String[] names = new String[controlCount];
        for (int id = 0; id < controlCount; id++) {
            boolean first = !file.has("special_tokens") && id < FIRST_CONTROLS.size();
            names[id] = first ? FIRST_CONTROLS.get(id) : "<SPECIAL_" + id + ">";
        }
        for (Tree token : file.objects("special_tokens")) {
            int id = token.id("rank");
            if (id >= controlCount) {
                throw token.refuse("its rank " + id + " is not below default_num_special_tokens, " + controlCount);
            }
            names[id] = token.text("token_str");
        }
        List<Map<String, Object>> controls = new ArrayList<>(controlCount);
        for (int id = 0; id < controlCount; id++) {
            controls.add(Map.of("id", (long) id, "content", names[id], "special", true));
        }
        return controls;
    }
}
