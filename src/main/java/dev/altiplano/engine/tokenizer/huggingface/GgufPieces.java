package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.PieceDecoding;
import dev.altiplano.engine.tokenizer.rules.Splitters;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out whether a vocabulary of characters is used as SentencePiece uses its own, which is what GGUF's keys can say. */
public final class GgufPieces {

    private static final String SPACE = "\u2581";

    private final Tree json;
    private final List<Merge> merges;
    private final @Nullable Tree normalizer;
    private final @Nullable Tree preTokenizer;

    GgufPieces(Tree json, List<Merge> merges) {
        this.json = json;
        this.merges = merges;
        normalizer = json.objectOrNull("normalizer");
        preTokenizer = json.objectOrNull("pre_tokenizer");
    }

    /** Whether text is rewritten as SentencePiece does, if perhaps merged in another order. */
    public boolean isNear() {
        return isMetaspace() || isEscaped();
    }

    /** Whether the keys say all that there is to say of how text is rewritten, merged and decoded. */
    public boolean isExact() {
        PieceDecoding decoding = DecoderReader.ofPieces(json.objectOrNull("decoder"));
        Tree model = json.object("model");
        return isNear()
                && decoding.dropsFirstSpace() == addsDummyPrefix()
                && decoding.shown().apply("a" + SPACE + SPACE + "b").equals("a  b")
                && (model.flag("byte_fallback", false) || model.flag("fuse_unk", false))
                && isInOrder();
    }

    /** Whether a space is put in front of a text. */
    public boolean addsDummyPrefix() {
        return preTokenizer != null && isMetaspace()
                ? PreTokenizerReader.prependScheme(preTokenizer) != Splitters.PrependScheme.NEVER
                : normalizer != null && steps(normalizer).size() == 2;
    }

    /** Where a space is put in front by a rule that SentencePiece does not have, as {@link Splitters#metaspace(String)} reads it, or empty. */
    public String metaspace() {
        if (preTokenizer == null || !isMetaspace()) {
            return "";
        }
        return PreTokenizerReader.prependScheme(preTokenizer).label()
                + (preTokenizer.flag("split", true) ? " split" : "");
    }

    private boolean isMetaspace() {
        return normalizer == null
                && preTokenizer != null
                && preTokenizer.type().equals("Metaspace")
                && preTokenizer.text("replacement", SPACE).equals(SPACE);
    }

    private boolean isEscaped() {
        if (normalizer == null || preTokenizer != null) {
            return false;
        }
        List<Tree> steps = steps(normalizer);
        return switch (steps.size()) {
            case 1 -> isReplace(steps.getFirst());
            case 2 -> isPrepend(steps.get(0)) && isReplace(steps.get(1));
            default -> false;
        };
    }

    private static List<Tree> steps(Tree normalizer) {
        return normalizer.type().equals("Sequence") ? normalizer.objects("normalizers") : List.of(normalizer);
    }

    private static boolean isPrepend(Tree step) {
        return step.type().equals("Prepend") && step.text("prepend").equals(SPACE);
    }

    private static boolean isReplace(Tree step) {
        return step.type().equals("Replace")
                && " ".equals(step.object("pattern").value("String"))
                && step.text("content").equals(SPACE);
    }

    /** Whether merging by the scores of tokens follows the order of merges. */
    private boolean isInOrder() {
        Map<String, Integer> first = new HashMap<>();
        int last = -1;
        for (Merge merge : merges) {
            int rank = first.computeIfAbsent(merge.left() + merge.right(), key -> first.size());
            if (rank < last) {
                return false;
            }
            last = rank;
        }
        return true;
    }
}
