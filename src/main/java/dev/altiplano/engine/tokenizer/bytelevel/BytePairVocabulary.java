package dev.altiplano.engine.tokenizer.bytelevel;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.KnownEnds;
import dev.altiplano.engine.tokenizer.vocabulary.Merge;
import dev.altiplano.engine.tokenizer.vocabulary.MergeRules;
import dev.altiplano.engine.tokenizer.vocabulary.PairTable;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.SymbolMerger;
import dev.altiplano.engine.tokenizer.vocabulary.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A byte-level BPE vocabulary made ready for use: what each id is, and the merges as a table of pairs of ids.
 *
 * <p>It comes in two forms. A list of merges says which pairs merge, in order of preference. Ranks say only which byte
 * strings are tokens: neighbours merge if together they are one, the lowest rank first; so the pairs are all cuts of each
 * token into two tokens.
 */
final class BytePairVocabulary {

    /** Far above any real token; bounds the work for a hostile file. */
    static final int LONGEST_TOKEN_BYTES = 512;

    /** [vocabulary] the bytes that each id is decoded to; none for control tokens. */
    private final byte[][] bytes;
    /** [vocabulary] the text of an id that is not written in bytes: control tokens, added tokens; else null. */
    private final @Nullable String[] literals;

    private final boolean[] control;
    private final BitSet unused = new BitSet();
    private final List<AddedToken> addedTokens = new ArrayList<>();
    /** Bytes of each token that text can become, one char a byte, to its id. */
    private final Map<String, Integer> normal;
    /** [256] id of each byte. */
    private final int[] byteIds = new int[256];

    private BytePairVocabulary(int size) {
        TokenIds.checkSize(size);
        bytes = new byte[size][];
        literals = new @Nullable String[size];
        control = new boolean[size];
        normal = HashMap.newHashMap(size);
    }

    /**
     * The vocabulary of GPT-2's form: tokens in its byte alphabet, an empty one for an id that is not used. What begins or
     * ends a sequence is a control token, whatever its kind says, and so is a user-defined token that ends generation; but a
     * single byte, which some configurations name by mistake, can still be written.
     */
    static BytePairVocabulary ofTokens(List<String> tokens, int[] kinds, Boundaries boundaries) {
        if (kinds.length != tokens.size()) {
            throw new TokenizerException(
                    "the vocabulary has " + tokens.size() + " tokens, but " + kinds.length + " kinds");
        }
        BytePairVocabulary vocabulary = new BytePairVocabulary(tokens.size());
        boundaries.check(tokens.size());
        BitSet ends = new BitSet();
        boundaries.ends().forEach(end -> ends.set(end.id()));
        for (int id = 0; id < kinds.length; id++) {
            String token = tokens.get(id);
            PieceKind kind = PieceKind.of(kinds[id], id);
            boolean singleByte = kind == PieceKind.NORMAL && token.length() == 1;
            boolean boundary = !singleByte && (id == boundaries.bos() || id == boundaries.eos());
            if ((kind.isText() && boundary) || (kind == PieceKind.USER_DEFINED && isEnd(token, id, ends))) {
                kind = PieceKind.CONTROL;
            }
            vocabulary.unused.set(id, kind == PieceKind.UNUSED || token.isEmpty());
            byte[] written = kind == PieceKind.NORMAL ? ByteAlphabet.read(token) : null;
            if (written != null) {
                vocabulary.putBytes(id, written);
            } else if (token.isEmpty()) {
                vocabulary.putLiteral(id, token);
            } else if (kind == PieceKind.CONTROL || kind == PieceKind.UNKNOWN) {
                vocabulary.putControl(id, token);
            } else {
                vocabulary.putLiteral(id, token);
                if (kind == PieceKind.USER_DEFINED) {
                    vocabulary.addedTokens.add(AddedToken.userDefined(id, token));
                }
            }
        }
        vocabulary.findBytes();
        return vocabulary;
    }

    private static boolean isEnd(String token, int id, BitSet ends) {
        return ends.get(id) || KnownEnds.contains(token);
    }

    /** The vocabulary of tiktoken's form: tokens by rank, and control tokens behind them. */
    static BytePairVocabulary ofRanks(byte[][] ranks, List<String> controls) {
        BytePairVocabulary vocabulary = new BytePairVocabulary(ranks.length + controls.size());
        for (int id = 0; id < ranks.length; id++) {
            vocabulary.putBytes(id, ranks[id]);
        }
        for (int i = 0; i < controls.size(); i++) {
            vocabulary.putControl(ranks.length + i, controls.get(i));
        }
        vocabulary.findBytes();
        return vocabulary;
    }

    /** The rules of a list of merges of tokens in the byte alphabet. */
    MergeRules rulesOf(List<Merge> merges) {
        return MergeRules.of(merges, new MergeRules.Symbols() {
            @Override
            public int of(String token) {
                byte[] bytes = ByteAlphabet.read(token);
                if (bytes == null) {
                    throw new TokenizerException(Quote.of(token) + " is not written in the byte alphabet");
                }
                return normal.getOrDefault(key(bytes), -1);
            }
        });
    }

    /** The rules of ranks: ids are ranks. */
    MergeRules rulesOfRanks() {
        PairTable pairs = new PairTable(2 * bytes.length);
        int[] identity = new int[bytes.length];
        for (int id = 0; id < identity.length; id++) {
            identity[id] = id;
            String token = key(bytes[id]);
            for (int cut = 1; cut < token.length(); cut++) {
                Integer left = normal.get(token.substring(0, cut));
                Integer right = left == null ? null : normal.get(token.substring(cut));
                if (left != null && right != null) {
                    pairs.putIfAbsent(left, right, id);
                }
            }
        }
        return new MergeRules(pairs, identity, identity);
    }

    /** The tokens that merging their own bytes does not make, by {@link #key}. */
    Map<String, Integer> tokensThatMergingMisses(MergeRules rules) {
        Map<String, Integer> missed = new HashMap<>();
        SymbolMerger merger = new SymbolMerger(rules);
        for (int id = 0; id < bytes.length; id++) {
            if (literals[id] != null) {
                continue;
            }
            merger.clear();
            for (byte b : bytes[id]) {
                merger.add(byteIds[b & 0xFF]);
            }
            merger.merge();
            if (merger.count() != 1) {
                missed.put(key(bytes[id]), id);
            }
        }
        return missed;
    }

    /** Bytes as a string that can be a key: one char a byte. */
    static String key(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    int size() {
        return bytes.length;
    }

    int byteId(int octet) {
        return byteIds[octet];
    }

    byte[] bytes(int id) {
        return bytes[id];
    }

    boolean isControl(int id) {
        return control[id];
    }

    /** The control and user-defined tokens, each as it is spelled. */
    List<AddedToken> addedTokens() {
        return addedTokens;
    }

    boolean hasToken(int id) {
        return !unused.get(id);
    }

    String piece(int id) {
        String literal = literals[id];
        return literal != null ? literal : ByteAlphabet.write(bytes[id]);
    }

    private void putBytes(int id, byte[] token) {
        if (token.length == 0 || token.length > LONGEST_TOKEN_BYTES) {
            throw new TokenizerException(
                    "token " + id + " has " + token.length + " bytes, allowed are 1 to " + LONGEST_TOKEN_BYTES);
        }
        Integer before = normal.putIfAbsent(key(token), id);
        if (before != null) {
            throw new TokenizerException(
                    "tokens " + before + " and " + id + " are the same: " + Quote.of(ByteAlphabet.write(token)));
        }
        bytes[id] = token;
    }

    private void putControl(int id, String text) {
        bytes[id] = new byte[0];
        literals[id] = text;
        control[id] = true;
        addedTokens.add(AddedToken.control(id, text));
    }

    private void putLiteral(int id, String text) {
        bytes[id] = text.getBytes(StandardCharsets.UTF_8);
        literals[id] = text;
    }

    private void findBytes() {
        Arrays.fill(byteIds, -1);
        byte[] one = new byte[1];
        for (int octet = 0; octet < 256; octet++) {
            one[0] = (byte) octet;
            Integer id = normal.get(key(one));
            boolean occursInUtf8 = octet != 0xC0 && octet != 0xC1 && octet < 0xF5;
            if (id == null && !occursInUtf8) {
                continue;
            }
            if (id == null) {
                throw new TokenizerException(String.format("the vocabulary has no token for the byte 0x%02X", octet));
            }
            byteIds[octet] = id;
        }
    }
}
