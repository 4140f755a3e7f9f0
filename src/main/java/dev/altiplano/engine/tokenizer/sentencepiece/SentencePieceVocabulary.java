package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.IdBuffer;
import dev.altiplano.engine.tokenizer.vocabulary.KnownEnds;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import dev.altiplano.engine.tokenizer.vocabulary.MergeRules;
import dev.altiplano.engine.tokenizer.vocabulary.PairTable;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A SentencePiece vocabulary made ready for use: checked as a whole, with its merges as a table of pairs.
 *
 * <p>SentencePiece merges two neighbours if their joined text is a piece. Whatever merging has made is a piece, and
 * what it has not made yet is a single character, so the pairs that can ever merge are the cuts of each piece into two
 * parts that are pieces or characters: few enough to list. Characters that occur in pieces but are none themselves get
 * symbols behind the vocabulary; all other characters get negative ones, which are in no pair.
 */
final class SentencePieceVocabulary {

    /** Far above any real piece; bounds the work for a hostile file. */
    static final int LONGEST_PIECE = 512;

    private static final int LOW = 0x800;
    private static final int NO_BYTE = -1;

    private final SentencePieceModel model;
    private final PieceKind[] kinds;
    private final Map<String, Integer> normal;

    /** Symbols of code points below {@link #LOW}, and of the others as pairs with 0. */
    private final int[] lowSymbols = new int[LOW];

    private final PairTable highSymbols = new PairTable(0);
    private final IdBuffer extraCodePoints = new IdBuffer(0);
    private final MergeRules rules;
    private final boolean dropsFirstSpace;
    private final boolean fusesUnknown;

    /** [256] id of each byte, empty if there is no byte fallback; and [vocabulary] the byte of each id, or -1. */
    private final int[] byteIds;

    private final int[] byteOfId;
    /** [vocabulary] what each id is decoded to; empty for control pieces and bytes. */
    private final String[] texts;

    /** The vocabulary that merges by score, as SentencePiece itself does. */
    SentencePieceVocabulary(SentencePieceModel model) {
        this(model, null, piece -> piece.replace(SentencePieceModel.SPACE, ' '), model.addsDummyPrefix(), true);
    }

    /**
     * @param merges the merges, best first; null where scores tell
     * @param shown the text of a piece
     * @param dropsFirstSpace whether a space at the beginning of the decoded text is left out
     * @param fusesUnknown whether characters in a row that cannot be written are one unknown piece
     */
    SentencePieceVocabulary(
            SentencePieceModel model,
            @Nullable List<Merge> merges,
            UnaryOperator<String> shown,
            boolean dropsFirstSpace,
            boolean fusesUnknown) {
        this.model = model;
        this.dropsFirstSpace = dropsFirstSpace;
        this.fusesUnknown = fusesUnknown;
        int size = model.pieces().size();
        TokenIds.checkSize(size);
        if (model.scores().length != size || model.kinds().length != size) {
            throw new TokenizerException("the vocabulary has " + size + " pieces, but " + model.scores().length
                    + " scores and " + model.kinds().length + " kinds");
        }
        model.boundaries().check(size);
        if (model.unknown() < -1 || model.unknown() >= size) {
            throw new TokenizerException(
                    "the unknown id is " + model.unknown() + ", but the vocabulary has " + size + " ids");
        }
        kinds = new PieceKind[size];
        byteOfId = new int[size];
        texts = new String[size];
        normal = HashMap.newHashMap(size);
        byteIds = readPieces(shown);
        if (byteIds.length == 0 && model.unknown() < 0) {
            throw new TokenizerException("the vocabulary has neither byte pieces nor an unknown piece");
        }
        assignSymbols();
        rules = merges == null
                ? new MergeRules(listPairs(), ranks(), identity(size))
                : MergeRules.of(merges, this::symbol).withNeighbours(merges, this::symbol);
    }

    int size() {
        return kinds.length;
    }

    SentencePieceModel model() {
        return model;
    }

    MergeRules rules() {
        return rules;
    }

    /** The control and user-defined pieces, each as it is spelled. */
    List<AddedToken> addedTokens() {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < kinds.length; id++) {
            String piece = model.pieces().get(id);
            switch (kinds[id]) {
                case CONTROL, UNKNOWN -> added.add(AddedToken.control(id, piece));
                case USER_DEFINED -> added.add(AddedToken.userDefined(id, piece));
                default -> {}
            }
        }
        return added;
    }

    boolean dropsFirstSpace() {
        return dropsFirstSpace;
    }

    boolean fusesUnknown() {
        return fusesUnknown;
    }

    /** The symbol that stands for a character before merging. */
    int symbol(int codePoint) {
        int symbol = codePoint < LOW ? lowSymbols[codePoint] : highSymbols.get(0, codePoint);
        return symbol == PairTable.ABSENT ? ~codePoint : symbol;
    }

    /** The character of a symbol that is no id. */
    int codePoint(int symbol) {
        return symbol < 0 ? ~symbol : extraCodePoints.get(symbol - kinds.length);
    }

    boolean hasBytes() {
        return byteIds.length > 0;
    }

    int byteId(int octet) {
        return byteIds[octet];
    }

    /** The byte that {@code id} stands for, or -1. */
    int byteOf(int id) {
        return byteOfId[id];
    }

    String text(int id) {
        return texts[id];
    }

    PieceKind kind(int id) {
        return kinds[id];
    }

    private int[] readPieces(UnaryOperator<String> shown) {
        int[] bytes = new int[256];
        Arrays.fill(bytes, NO_BYTE);
        int byteCount = 0;
        Map<String, Integer> reserved = new HashMap<>();
        BitSet ends = new BitSet();
        model.boundaries().ends().forEach(end -> ends.set(end.id()));
        for (int id = 0; id < kinds.length; id++) {
            String piece = model.pieces().get(id);
            PieceKind kind = PieceKind.of(model.kinds()[id], id);
            boolean boundary =
                    id == model.boundaries().bos() || id == model.boundaries().eos();
            if ((kind.isText() && boundary)
                    || (kind == PieceKind.USER_DEFINED && (ends.get(id) || KnownEnds.contains(piece)))) {
                kind = PieceKind.CONTROL;
            }
            kinds[id] = kind;
            byteOfId[id] = NO_BYTE;
            texts[id] = shown.apply(piece);
            if (piece.isEmpty() && kind != PieceKind.UNUSED) {
                throw new TokenizerException("piece " + id + " is empty");
            }
            if (Float.isNaN(model.scores()[id])) {
                throw new TokenizerException(
                        "piece " + id + " " + Quote.of(piece) + " has a score that is not a number");
            }
            switch (kind) {
                case NORMAL -> {
                    if (piece.length() > LONGEST_PIECE) {
                        throw new TokenizerException("piece " + id + " has " + piece.length()
                                + " characters, the longest allowed has " + LONGEST_PIECE);
                    }
                    putOnce(normal, piece, id);
                }
                case BYTE -> {
                    putOnce(reserved, piece, id);
                    int octet = byteNamed(piece, id);
                    bytes[octet] = id;
                    byteOfId[id] = octet;
                    texts[id] = "";
                    byteCount++;
                }
                case CONTROL -> {
                    putOnce(reserved, piece, id);
                    texts[id] = "";
                }
                case UNKNOWN -> {
                    putOnce(reserved, piece, id);
                    texts[id] = model.unknownText();
                }
                case USER_DEFINED, UNUSED -> {}
            }
        }
        if (byteCount > 0 && byteCount < 256) {
            int missing = 0;
            while (bytes[missing] != NO_BYTE) {
                missing++;
            }
            throw new TokenizerException(
                    "the vocabulary has byte pieces, but not " + String.format("<0x%02X>", missing));
        }
        return byteCount == 0 ? new int[0] : bytes;
    }

    private void assignSymbols() {
        Arrays.fill(lowSymbols, PairTable.ABSENT);
        for (int id = 0; id < kinds.length; id++) {
            String piece = model.pieces().get(id);
            if (kinds[id] == PieceKind.NORMAL && piece.codePointCount(0, piece.length()) == 1) {
                putSymbol(piece.codePointAt(0), id);
            }
        }
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] != PieceKind.NORMAL) {
                continue;
            }
            String piece = model.pieces().get(id);
            for (int i = 0; i < piece.length(); i = piece.offsetByCodePoints(i, 1)) {
                int codePoint = piece.codePointAt(i);
                if (symbol(codePoint) < 0) {
                    putSymbol(codePoint, kinds.length + extraCodePoints.size());
                    extraCodePoints.add(codePoint);
                }
            }
        }
    }

    private void putSymbol(int codePoint, int symbol) {
        if (codePoint < LOW) {
            lowSymbols[codePoint] = symbol;
        } else {
            highSymbols.putIfAbsent(0, codePoint, symbol);
        }
    }

    private PairTable listPairs() {
        PairTable pairs = new PairTable(2 * kinds.length);
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == PieceKind.NORMAL) {
                String piece = model.pieces().get(id);
                for (int cut = piece.offsetByCodePoints(0, 1); cut < piece.length(); ) {
                    int left = symbol(piece.substring(0, cut));
                    int right = left < 0 ? left : symbol(piece.substring(cut));
                    if (left >= 0 && right >= 0) {
                        pairs.putIfAbsent(left, right, id);
                    }
                    cut = piece.offsetByCodePoints(cut, 1);
                }
            }
        }
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == PieceKind.NORMAL) {
                String piece = model.pieces().get(id);
                int before = symbol(piece.codePointAt(0));
                for (int i = piece.offsetByCodePoints(0, 1); i < piece.length(); i = piece.offsetByCodePoints(i, 1)) {
                    int here = symbol(piece.codePointAt(i));
                    pairs.putIfAbsent(before, here, MergeRules.NEIGHBOURS);
                    before = here;
                }
            }
        }
        return pairs;
    }

    private int symbol(String part) {
        Integer id = normal.get(part);
        if (id != null) {
            return id;
        }
        return part.codePointCount(0, part.length()) == 1 ? symbol(part.codePointAt(0)) : -1;
    }

    /** [vocabulary] 0 for the highest score; equal scores have equal ranks. */
    private int[] ranks() {
        float[] scores = model.scores();
        float[] ascending = new float[scores.length];
        for (int id = 0; id < scores.length; id++) {
            // -0.0 and 0.0 are one score.
            ascending[id] = scores[id] + 0.0f;
        }
        Arrays.sort(ascending);
        int distinct = 0;
        for (int i = 0; i < ascending.length; i++) {
            if (i == 0 || ascending[i] != ascending[i - 1]) {
                ascending[distinct++] = ascending[i];
            }
        }
        int[] rank = new int[scores.length];
        for (int id = 0; id < scores.length; id++) {
            rank[id] = distinct - 1 - Arrays.binarySearch(ascending, 0, distinct, scores[id] + 0.0f);
        }
        return rank;
    }

    private static int[] identity(int size) {
        int[] result = new int[size];
        Arrays.setAll(result, i -> i);
        return result;
    }

    private static void putOnce(Map<String, Integer> ids, String piece, int id) {
        Integer before = ids.putIfAbsent(piece, id);
        if (before != null) {
            throw new TokenizerException("pieces " + before + " and " + id + " are the same: " + Quote.of(piece));
        }
    }

    private static int byteNamed(String piece, int id) {
        if (piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">")) {
            int high = Character.digit(piece.charAt(3), 16);
            int low = Character.digit(piece.charAt(4), 16);
            if (high >= 0 && low >= 0 && piece.equals(String.format("<0x%02X>", (high << 4) | low))) {
                return (high << 4) | low;
            }
        }
        throw new TokenizerException(
                "piece " + id + " " + Quote.of(piece) + " is a byte, but is not called <0x00> to <0xFF>");
    }
}
