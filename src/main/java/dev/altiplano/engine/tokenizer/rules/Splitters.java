package dev.altiplano.engine.tokenizer.rules;

import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.regex.Regex;
import java.util.Locale;

/** The rules of cutting that a {@code tokenizer.json} may name. */
public final class Splitters {

    /** GPT-2's rule, which byte-level pre-tokenizers apply by themselves. */
    public static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private Splitters() {}

    /**
     * Cuts at the matches of {@code pattern}.
     *
     * @param inverted whether what lies between matches takes their place
     */
    public static Splitter regex(Regex pattern, SplitBehavior behavior, boolean inverted) {
        return new RegexSplitter(pattern, behavior, inverted);
    }

    /** Each match of {@code pattern} is a piece. */
    static Splitter isolated(String pattern) {
        return new RegexSplitter(Regex.compile(pattern), SplitBehavior.ISOLATED, false);
    }

    public static Splitter gpt2() {
        return isolated(GPT_2);
    }

    /** Numbers by themselves: each character, or each run. */
    public static Splitter digits(boolean individual) {
        return isolated(individual ? "\\p{N}" : "\\p{N}+");
    }

    /** Cuts at Unicode's punctuation and ASCII's symbols. */
    public static Splitter punctuation(SplitBehavior behavior) {
        return new RegexSplitter(Regex.compile("[\\p{P}$+<=>^`|~]"), behavior, false);
    }

    /** Words, joiners among their characters, and runs of other characters, without the space between. */
    public static Splitter wordsAndSymbols() {
        String word = "[:word:]\\x{200C}\\x{200D}";
        return new RegexSplitter(Regex.compile("[" + word + "]+|[^" + word + "\\s]+"), SplitBehavior.REMOVED, true);
    }

    /** What stands between spaces. */
    public static Splitter whitespace() {
        return new RegexSplitter(Regex.compile("\\s"), SplitBehavior.REMOVED, false);
    }

    /** A space in front of every piece that does not begin with one. */
    public static Splitter spaceInFront() {
        return pieces -> PutInFront.put(pieces, ' ', (piece, place) -> place != Place.CONTINUED || piece > 0);
    }

    /**
     * SentencePiece's way with spaces: each becomes {@code replacement}, and one is put in front.
     *
     * @param scheme where one is put in front
     * @param splits whether pieces are cut in front of each replacement
     */
    public static Splitter metaspace(char replacement, PrependScheme scheme, boolean splits) {
        Splitter rewrite = pieces ->
                PutInFront.put(replaceSpaces(pieces, replacement), replacement, (piece, place) -> switch (scheme) {
                    case NEVER -> false;
                    case ALWAYS -> place != Place.CONTINUED || piece > 0;
                    case FIRST -> place == Place.START && piece == 0;
                });
        if (!splits) {
            return rewrite;
        }
        Splitter cut =
                new RegexSplitter(Regex.literal(String.valueOf(replacement)), SplitBehavior.MERGED_WITH_NEXT, false);
        return pieces -> cut.split(rewrite.split(pieces));
    }

    /**
     * The same written in one word or two: {@code first}, {@code always} or {@code never}, and {@code split} behind it. Throws
     * {@link TokenizerException} for anything else.
     */
    public static Splitter metaspace(String rule) {
        boolean splits = rule.endsWith(" split");
        return metaspace('\u2581', PrependScheme.named(rule.replaceFirst(" split$", "")), splits);
    }

    /** Where a pre-tokenizer of type Metaspace puts a replacement in front. */
    public enum PrependScheme {
        /** In front of the text alone. */
        FIRST,
        /** In front of every piece. */
        ALWAYS,
        NEVER;

        static PrependScheme named(String name) {
            for (PrependScheme scheme : values()) {
                if (scheme.label().equals(name)) {
                    return scheme;
                }
            }
            throw new TokenizerException(
                    "'" + name + "' does not say where a space is put in front: first, always and never do");
        }

        /** As files write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static Pieces replaceSpaces(Pieces pieces, char replacement) {
        char[] text = pieces.text().clone();
        for (int i = 0; i < text.length; i++) {
            if (text[i] == ' ') {
                text[i] = replacement;
            }
        }
        Pieces result = new Pieces(text, pieces.place(), pieces.count());
        for (int i = 0; i < pieces.count(); i++) {
            result.add(pieces.start(i), pieces.end(i));
        }
        return result;
    }
}
