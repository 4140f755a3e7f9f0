package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.rules.GgufRule;
import dev.altiplano.engine.tokenizer.rules.Splitters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the name by which GGUF files call the rule that splits a byte-level vocabulary's text. */
public final class GgufSplitting {

    private final Tree json;
    private final boolean takesWholeTokens;
    /** One for each step, or null where a step is not to cut at matches. */
    private final @Nullable List<String> expressions;

    GgufSplitting(Tree json) {
        this.json = json;
        takesWholeTokens = json.object("model").flag("ignore_merges", false);
        List<String> found = new ArrayList<>();
        expressions = addExpressions(json.object("pre_tokenizer"), found) ? found : null;
    }

    /**
     * The name of just this rule, or null if it has none.
     *
     * @param needsWholeTokens whether there are tokens that merging alone does not make
     */
    public @Nullable String exactName(boolean needsWholeTokens) {
        if (json.has("normalizer") || expressions == null) {
            return null;
        }
        String name = GgufRule.find(expressions, takesWholeTokens);
        return name == null && takesWholeTokens && !needsWholeTokens ? GgufRule.find(expressions, false) : name;
    }

    /** The name under which converters store this rule although it differs in rare characters or tokens, or null if there is none. */
    public @Nullable String nearName() {
        Tree normalizer = json.objectOrNull("normalizer");
        if (expressions == null || (normalizer != null && !normalizer.type().equals("NFC"))) {
            return null;
        }
        String name = GgufRule.find(expressions, takesWholeTokens);
        name = name == null ? GgufRule.find(expressions, !takesWholeTokens) : name;
        return name == null ? GgufRule.findNear(expressions) : name;
    }

    private static boolean addExpressions(Tree rule, List<String> expressions) {
        return switch (rule.type()) {
            case "Sequence" -> {
                boolean all = true;
                for (Tree step : rule.objects("pretokenizers")) {
                    all &= addExpressions(step, expressions);
                }
                yield all;
            }
            case "Digits" -> expressions.add(rule.flag("individual_digits", false) ? "\\p{N}" : "\\p{N}+");
            case "Split" ->
                rule.text("behavior").equals("Isolated")
                        && !rule.flag("invert", false)
                        && rule.object("pattern").has("Regex")
                        && expressions.add(rule.object("pattern").text("Regex"));
            case "ByteLevel" ->
                !rule.flag("add_prefix_space", true)
                        && (!rule.flag("use_regex", true) || expressions.add(Splitters.GPT_2));
            default -> false;
        };
    }
}
