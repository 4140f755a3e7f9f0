package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The vocabulary of a {@code tokenizer.json}: the tokens of its model and those added, by id, with gaps where there is none. */
final class JsonVocabulary {

    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private final Tree model;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> tokens;
    private final int[] kinds;

    JsonVocabulary(Tree model, List<AddedToken> added, int embeddings) {
        this.model = model;
        tokens = new ArrayList<>(Collections.nCopies(embeddings, ""));
        kinds = new int[embeddings];
        Arrays.fill(kinds, UNUSED);
        Tree vocabulary = model.object("vocab");
        for (Object key : vocabulary.keys()) {
            String token = String.valueOf(key);
            int id = vocabulary.id(token);
            if (id >= embeddings) {
                throw model.refuse("its vocabulary has a token of the id " + id + ", but the model has embeddings for "
                        + embeddings + " tokens: they do not belong together");
            }
            put(id, token, NORMAL);
        }
        for (AddedToken token : added) {
            boolean known = ids.getOrDefault(token.text(), -1) == token.id();
            if (!known) {
                put(token.id(), token.text(), USER_DEFINED);
            }
            if (token.control()) {
                kinds[token.id()] = CONTROL;
            }
        }
    }

    private void put(int id, String token, int kind) {
        if (kinds[id] != UNUSED || token.isEmpty()) {
            throw model.refuse(
                    token.isEmpty()
                            ? "its vocabulary has an empty token of the id " + id
                            : "two tokens have the id " + id + ": '" + tokens.get(id) + "' and '" + token + "'");
        }
        tokens.set(id, token);
        kinds[id] = kind;
        ids.put(token, id);
    }

    List<String> tokens() {
        return tokens;
    }

    int[] kinds() {
        return kinds;
    }

    /** The id of a token's text, or -1. */
    int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    /** Makes the tokens {@code <0x00>} to {@code <0xFF>} bytes. */
    void markBytes() {
        for (int octet = 0; octet < 256; octet++) {
            int id = id(String.format("<0x%02X>", octet));
            if (id >= 0 && kinds[id] == NORMAL) {
                kinds[id] = BYTE;
            }
        }
    }

    void mark(int id, int kind) {
        kinds[id] = kind;
    }

    /** The merges, written as strings or as pairs; those that would make a control token out of text are left out. */
    List<Merge> merges() {
        List<Merge> merges = new ArrayList<>();
        for (Object merge : model.list("merges")) {
            if (merge instanceof String line) {
                merges.add(Merge.ofLine(line, merges.size()));
            } else if (merge instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof String left
                    && pair.get(1) instanceof String right
                    && !left.isEmpty()
                    && !right.isEmpty()) {
                merges.add(new Merge(left, right));
            } else {
                throw model.refuse("merges holds something that is not a pair of tokens, at " + merges.size());
            }
        }
        return merges.stream().filter(merge -> !makesControl(merge)).toList();
    }

    private boolean makesControl(Merge merge) {
        return isControl(merge.left()) || isControl(merge.right()) || isControl(merge.left() + merge.right());
    }

    private boolean isControl(String token) {
        int id = id(token);
        return id >= 0 && (kinds[id] == CONTROL || kinds[id] == UNKNOWN);
    }
}
