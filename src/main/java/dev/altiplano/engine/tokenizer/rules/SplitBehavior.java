package dev.altiplano.engine.tokenizer.rules;

/** What becomes of the matches by which a text is cut, in the words of Hugging Face's tokenizers library. */
public enum SplitBehavior {
    /** Each match is a piece. */
    ISOLATED,
    /** Matches are left out. */
    REMOVED,
    /** A match goes to the piece before it; of several in a row the first does. */
    MERGED_WITH_PREVIOUS,
    /** A match goes to the piece behind it; of several in a row the last does. */
    MERGED_WITH_NEXT,
    /** Matches in a row are one piece. */
    CONTIGUOUS
}
