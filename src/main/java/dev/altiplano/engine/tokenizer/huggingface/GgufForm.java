package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.rules.GgufRule;
import dev.altiplano.engine.tokenizer.rules.Splitters;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a GGUF file needs of a {@code tokenizer.json} besides its tokens. A GGUF file has names for the rules of the known
 * models only, so a file with other rules is refused.
 */
public final class GgufForm {

    private static final String SPACE = "\u2581";

    private final Tree json;
    private final Tree model;
    private final HuggingFaceFiles files;

    /** Reads nothing yet. */
    public GgufForm(HuggingFaceFiles files) {
        this.files = files;
        json = files.document(HuggingFaceFiles.TOKENIZER);
        model = json.object("model");
    }

    /**
     * The name of the rule by which a byte-level vocabulary's text is split.
     *
     * @param needsWholeTokens whether there are tokens that merging alone does not make
     */
    public String splittingRule(boolean needsWholeTokens) {
        if (json.has("normalizer")) {
            throw json.refuse("a GGUF file cannot say that text is normalized");
        }
        List<String> expressions = new ArrayList<>();
        addExpressions(json.object("pre_tokenizer"), expressions);
        boolean takesWholeTokens = model.flag("ignore_merges", false);
        String name = GgufRule.find(expressions, takesWholeTokens);
        if (name == null && takesWholeTokens && !needsWholeTokens) {
            name = GgufRule.find(expressions, false);
        }
        if (name == null) {
            throw json.refuse("a GGUF file has no name for its pre_tokenizer");
        }
        return name;
    }

    private static void addExpressions(Tree rule, List<String> expressions) {
        switch (rule.type()) {
            case "Sequence" -> rule.objects("pretokenizers").forEach(step -> addExpressions(step, expressions));
            case "Digits" -> expressions.add(rule.flag("individual_digits", false) ? "\\p{N}" : "\\p{N}+");
            case "Split" -> {
                if (!rule.text("behavior").equals("Isolated") || rule.flag("invert", false)) {
                    throw rule.refuse("a GGUF file cannot hold this pre-tokenizer");
                }
                expressions.add(rule.object("pattern").text("Regex"));
            }
            case "ByteLevel" -> {
                if (rule.flag("add_prefix_space", true)) {
                    throw rule.refuse("a GGUF file cannot say that a space is put in front (add_prefix_space)");
                }
                if (rule.flag("use_regex", true)) {
                    expressions.add(Splitters.GPT_2);
                }
            }
            default -> throw rule.refuse("a GGUF file cannot hold a pre-tokenizer of type " + rule.type());
        }
    }

    /** The merges as lines of two tokens. */
    public List<String> merges() {
        List<String> lines = new ArrayList<>();
        for (Merge merge : new JsonVocabulary(model, AddedTokenReader.read(files), files.embeddings()).merges()) {
            if (merge.left().indexOf(' ') >= 0 || merge.right().indexOf(' ') >= 0) {
                throw model.refuse("a GGUF file cannot hold a merge of tokens with spaces");
            }
            lines.add(merge.left() + " " + merge.right());
        }
        return lines;
    }

    /** Whether a space is put in front of a text whose vocabulary is one of characters, as SentencePiece's are. */
    public boolean addsDummyPrefix() {
        Tree normalizer = json.objectOrNull("normalizer");
        Tree preTokenizer = json.objectOrNull("pre_tokenizer");
        if (normalizer == null && preTokenizer != null && preTokenizer.type().equals("Metaspace")) {
            return PreTokenizerReader.prependScheme(preTokenizer) != Splitters.PrependScheme.NEVER;
        }
        if (normalizer != null && preTokenizer == null) {
            List<Tree> steps =
                    normalizer.type().equals("Sequence") ? normalizer.objects("normalizers") : List.of(normalizer);
            if (steps.size() == 2 && isPrepend(steps.get(0)) && isReplace(steps.get(1))) {
                return true;
            }
            if (steps.size() == 1 && isReplace(steps.getFirst())) {
                return false;
            }
        }
        throw json.refuse("a GGUF file cannot hold its normalizer and pre_tokenizer: they are not SentencePiece's");
    }

    /** Where a space is put in front by a rule that SentencePiece does not have, as {@link Splitters#metaspace(String)} reads it, or empty. */
    public String metaspace() {
        Tree rule = json.objectOrNull("pre_tokenizer");
        if (rule == null || !rule.type().equals("Metaspace")) {
            return "";
        }
        return PreTokenizerReader.prependScheme(rule).label() + (rule.flag("split", true) ? " split" : "");
    }

    private static boolean isPrepend(Tree step) {
        return step.type().equals("Prepend") && step.text("prepend").equals(SPACE);
    }

    private static boolean isReplace(Tree step) {
        return step.type().equals("Replace")
                && " ".equals(step.object("pattern").value("String"))
                && step.text("content").equals(SPACE);
    }

    /** Throws {@link TokenizerException} if merging by the scores of tokens would not follow the order of merges. */
    public void checkOrder() {
        Map<String, Integer> first = new HashMap<>();
        int last = -1;
        int at = 0;
        for (Merge merge : new JsonVocabulary(model, AddedTokenReader.read(files), files.embeddings()).merges()) {
            int rank = first.computeIfAbsent(merge.left() + merge.right(), key -> first.size());
            if (rank < last) {
                throw model.refuse(
                        "its merges are not in the order of their tokens, as SentencePiece's are: see merge " + at);
            }
            last = rank;
            at++;
        }
    }
}
