package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.rules.SplitBehavior;
import dev.altiplano.engine.tokenizer.rules.Splitter;
import dev.altiplano.engine.tokenizer.rules.Splitters;
import dev.altiplano.engine.tokenizer.rules.Splitters.PrependScheme;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code pre_tokenizer} of a {@code tokenizer.json}. */
final class PreTokenizerReader {

    private static final char METASPACE = '\u2581';

    private final List<Splitter> steps = new ArrayList<>();
    private boolean byteLevel;

    private PreTokenizerReader() {}

    /**
     * A rule as it was read.
     *
     * @param byteLevel whether the pieces are written in GPT-2's byte alphabet
     */
    record PreTokenizer(Splitter splitter, boolean byteLevel) {}

    static PreTokenizer read(@Nullable Tree rule) {
        PreTokenizerReader reader = new PreTokenizerReader();
        if (rule != null) {
            reader.add(rule);
        }
        return new PreTokenizer(Splitter.of(reader.steps), reader.byteLevel);
    }

    private void add(Tree rule) {
        if (byteLevel) {
            throw rule.refuse("something follows ByteLevel, which must come last");
        }
        switch (rule.type()) {
            case "Sequence" -> rule.objects("pretokenizers").forEach(this::add);
            case "ByteLevel" -> {
                byteLevel = true;
                if (rule.flag("add_prefix_space", true)) {
                    steps.add(Splitters.spaceInFront());
                }
                if (rule.flag("use_regex", true)) {
                    steps.add(Splitters.gpt2());
                }
            }
            case "Split" ->
                steps.add(Splitters.regex(
                        Patterns.read(rule), behavior(rule, rule.text("behavior")), rule.flag("invert", false)));
            case "Digits" -> steps.add(Splitters.digits(rule.flag("individual_digits", false)));
            case "Punctuation" -> steps.add(Splitters.punctuation(behavior(rule, rule.text("behavior", "Isolated"))));
            case "Whitespace" -> steps.add(Splitters.wordsAndSymbols());
            case "WhitespaceSplit" -> steps.add(Splitters.whitespace());
            case "CharDelimiterSplit" ->
                steps.add(Splitters.regex(Regex.literal(rule.text("delimiter")), SplitBehavior.REMOVED, false));
            case "Metaspace" -> steps.add(metaspace(rule));
            default ->
                throw rule.refuse("a pre-tokenizer of type " + rule.type() + " is not supported; supported are"
                        + " Sequence, ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit,"
                        + " CharDelimiterSplit and Metaspace");
        }
    }

    private static SplitBehavior behavior(Tree rule, String name) {
        return switch (name) {
            case "Isolated" -> SplitBehavior.ISOLATED;
            case "Removed" -> SplitBehavior.REMOVED;
            case "MergedWithPrevious" -> SplitBehavior.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> SplitBehavior.MERGED_WITH_NEXT;
            case "Contiguous" -> SplitBehavior.CONTIGUOUS;
            default -> throw rule.refuse("the behavior " + name + " is not known");
        };
    }

    private static Splitter metaspace(Tree rule) {
        return Splitters.metaspace(replacement(rule), prependScheme(rule), rule.flag("split", true));
    }

    /** What stands for a space under a rule of type Metaspace. */
    static char replacement(Tree rule) {
        String replacement = rule.text("replacement", String.valueOf(METASPACE));
        if (replacement.length() != 1) {
            throw rule.refuse("the replacement " + Quote.of(replacement) + " is not one character");
        }
        return replacement.charAt(0);
    }

    /** Older files have a flag in place of the scheme. */
    static PrependScheme prependScheme(Tree rule) {
        if (!rule.has("prepend_scheme")) {
            return rule.flag("add_prefix_space", true) ? PrependScheme.ALWAYS : PrependScheme.NEVER;
        }
        return switch (rule.text("prepend_scheme")) {
            case "first" -> PrependScheme.FIRST;
            case "always" -> PrependScheme.ALWAYS;
            case "never" -> PrependScheme.NEVER;
            default -> throw rule.refuse("the prepend_scheme " + rule.text("prepend_scheme") + " is not known");
        };
    }
}
