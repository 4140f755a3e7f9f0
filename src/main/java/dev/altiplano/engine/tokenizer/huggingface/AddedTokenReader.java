package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects the added tokens of a folder by id: from {@code tokenizer.json}, {@code tokenizer_config.json} and {@code
 * added_tokens.json}, each of which may lack some. Where files differ, the first has the say.
 */
final class AddedTokenReader {

    private final HuggingFaceFiles files;
    private final Map<Integer, AddedToken> byId = new TreeMap<>();

    private AddedTokenReader(HuggingFaceFiles files) {
        this.files = files;
    }

    /** Tokens for which the model has no embedding can never be used and are left out. */
    static List<AddedToken> read(HuggingFaceFiles files) {
        AddedTokenReader reader = new AddedTokenReader(files);
        for (Tree token : files.document(HuggingFaceFiles.TOKENIZER).objects("added_tokens")) {
            reader.add(token.id("id"), token);
        }
        Tree config = files.document(HuggingFaceFiles.TOKENIZER_CONFIG);
        if (config.has("added_tokens_decoder")) {
            Tree decoder = config.object("added_tokens_decoder");
            for (Object key : decoder.keys()) {
                reader.add(number(decoder, String.valueOf(key)), decoder.object(String.valueOf(key)));
            }
        }
        reader.addPlain(files.document(HuggingFaceFiles.ADDED_TOKENS));
        return new ArrayList<>(reader.byId.values());
    }

    private static int number(Tree decoder, String key) {
        try {
            return Integer.parseUnsignedInt(key);
        } catch (NumberFormatException e) {
            throw decoder.refuse(
                    "the key '" + (key.length() > 60 ? key.substring(0, 57) + "..." : key) + "' is not a token id");
        }
    }

    private void add(int id, Tree token) {
        put(
                id,
                token.text("content"),
                token.flag("special", false),
                token.flag("normalized", !token.flag("special", false)),
                token);
    }

    private void put(int id, String content, boolean special, boolean normalized, Tree flags) {
        if (id >= files.embeddings() || byId.containsKey(id)) {
            return;
        }
        try {
            byId.put(
                    id,
                    new AddedToken(
                            id,
                            content,
                            special,
                            normalized,
                            flags.flag("lstrip", false),
                            flags.flag("rstrip", false),
                            flags.flag("single_word", false)));
        } catch (TokenizerException e) {
            throw flags.refuse(String.valueOf(e.getMessage()));
        }
    }

    /** {@code added_tokens.json} has no flags: those that another file calls special, or that are spelled like them, are control tokens. */
    private void addPlain(Tree tokens) {
        Set<String> special = specialTexts();
        for (Object key : tokens.keys()) {
            String content = String.valueOf(key);
            boolean marked = content.startsWith("<|") && content.endsWith("|>");
            put(
                    tokens.id(content),
                    content,
                    marked || special.contains(content),
                    false,
                    new Tree(tokens.path(), Map.of()));
        }
    }

    private Set<String> specialTexts() {
        Set<String> texts = new HashSet<>();
        for (String name : List.of(HuggingFaceFiles.TOKENIZER_CONFIG, HuggingFaceFiles.SPECIAL_TOKENS)) {
            Tree file = files.document(name);
            for (String key : List.of("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token")) {
                SpecialToken.text(file, key).ifPresent(texts::add);
            }
            if (file.value("additional_special_tokens") instanceof List<?> more) {
                for (Object token : more) {
                    if (token instanceof String text) {
                        texts.add(text);
                    } else if (token instanceof Map<?, ?> object && object.get("content") instanceof String text) {
                        texts.add(text);
                    }
                }
            }
        }
        return texts;
    }
}
