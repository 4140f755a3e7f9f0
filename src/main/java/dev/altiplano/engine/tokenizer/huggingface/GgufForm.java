package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * What a GGUF file needs of a {@code tokenizer.json} besides its tokens. GGUF's keys can say what the tokenizers of known
 * models do; for all others the rules themselves go into the file.
 */
public final class GgufForm {

    private final HuggingFaceFiles files;
    private final Tree json;
    private final List<AddedToken> added;

    public GgufForm(HuggingFaceFiles files) {
        this.files = files;
        json = files.document(HuggingFaceFiles.TOKENIZER);
        added = AddedTokenReader.read(files);
    }

    /** What the keys for a byte-level vocabulary can say. */
    public GgufSplitting splitting() {
        return new GgufSplitting(json);
    }

    /** What the keys for a vocabulary of characters can say. */
    public GgufPieces pieces() {
        return new GgufPieces(json, mergesOfTheModel());
    }

    /** The merges as lines of two tokens. */
    public List<String> merges() {
        List<String> lines = new ArrayList<>();
        for (Merge merge : mergesOfTheModel()) {
            if (merge.left().indexOf(' ') >= 0 || merge.right().indexOf(' ') >= 0) {
                throw json.object("model").refuse("a GGUF file cannot hold a merge of tokens with spaces");
            }
            lines.add(merge.left() + " " + merge.right());
        }
        return lines;
    }

    private List<Merge> mergesOfTheModel() {
        return new JsonVocabulary(json.object("model"), added, files.embeddings()).merges();
    }

    /** All rules, in the words of {@code tokenizer.json}; {@code tokenizer} is what they make. */
    public Map<String, Object> rules(Tokenizer tokenizer) {
        return StoredRules.write(files, tokenizer);
    }

    /**
     * Whether GGUF's keys can say which tokens are cut out of a text, and what stands around it.
     *
     * @param cutOut whether the list of tokens says that the one of an id is cut out of every text
     */
    public boolean hasPlainTokens(Tokenizer tokenizer, IntPredicate cutOut) {
        for (AddedToken token : added) {
            boolean flagged = token.stripsLeft() || token.stripsRight() || token.singleWord();
            boolean ofNormalized = token.normalized() && !token.control() && json.has("normalizer");
            if (flagged || ofNormalized || (!token.control() && !cutOut.test(token.id()))) {
                return false;
            }
        }
        return isOnly(tokenizer.bos(), tokenizer.prefixIds()) && isOnly(tokenizer.eos(), tokenizer.suffixIds());
    }

    private static boolean isOnly(int id, List<Integer> ids) {
        return ids.isEmpty() || (id >= 0 && ids.equals(List.of(id)));
    }
}
