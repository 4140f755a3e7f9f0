package dev.altiplano.engine.tokenizer;

import java.nio.charset.StandardCharsets;
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
    private final LiteralMatcher userDefined = new LiteralMatcher();
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

    /** The vocabulary of GPT-2's form: tokens in its byte alphabet. What begins or ends a sequence is a control token, whatever its kind says. */
    static BytePairVocabulary ofTokens(List<String> tokens, int[] kinds, int bos, int eos, int[] ends) {
        if (kinds.length != tokens.size()) {
            throw new TokenizerException(
                    "the vocabulary has " + tokens.size() + " tokens, but " + kinds.length + " kinds");
        }
        BytePairVocabulary vocabulary = new BytePairVocabulary(tokens.size());
        BitSet marks = new BitSet();
        for (int id : ends) {
            mark(id, marks);
        }
        mark(bos, marks);
        mark(eos, marks);
        for (int id = 0; id < kinds.length; id++) {
            String token = tokens.get(id);
            PieceKind kind = PieceKind.of(kinds[id], id);
            if (kind.isText() && marks.get(id)) {
                kind = PieceKind.CONTROL;
            }
            byte[] written = kind == PieceKind.NORMAL ? ByteAlphabet.read(token) : null;
            if (written != null) {
                vocabulary.putBytes(id, written);
            } else if (kind == PieceKind.CONTROL || kind == PieceKind.UNKNOWN) {
                vocabulary.putControl(id, token);
            } else {
                vocabulary.putLiteral(id, token);
                if (kind == PieceKind.USER_DEFINED && !token.isEmpty()) {
                    vocabulary.userDefined.add(token, id);
                }
            }
        }
        vocabulary.findBytes();
        return vocabulary;
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

    /** The rules of a list of merges, each two tokens in the byte alphabet with a space between. */
    MergeRules rulesOf(List<String> merges) {
        PairTable pairs = new PairTable(merges.size());
        int[] rank = new int[merges.size()];
        int[] result = new int[merges.size()];
        for (int i = 0; i < rank.length; i++) {
            String merge = merges.get(i);
            int space = merge.indexOf(' ');
            if (space <= 0 || space == merge.length() - 1) {
                throw new TokenizerException(
                        "merge " + i + " " + Quote.of(merge) + " is not two tokens with a space between");
            }
            byte[] left = ByteAlphabet.read(merge.substring(0, space));
            byte[] right = ByteAlphabet.read(merge.substring(space + 1));
            if (left == null || right == null) {
                throw new TokenizerException(
                        "merge " + i + " " + Quote.of(merge) + " is not written in the byte alphabet");
            }
            String leftKey = key(left);
            String rightKey = key(right);
            Integer leftId = normal.get(leftKey);
            Integer rightId = normal.get(rightKey);
            Integer made = normal.get(leftKey + rightKey);
            if (leftId == null || rightId == null || made == null) {
                String missing =
                        leftId == null ? "its left part" : rightId == null ? "its right part" : "what it makes";
                throw new TokenizerException(
                        "merge " + i + " " + Quote.of(merge) + ": " + missing + " is not in the vocabulary");
            }
            if (pairs.putIfAbsent(leftId, rightId, i) != PairTable.ABSENT) {
                throw new TokenizerException("merge " + i + " " + Quote.of(merge) + " is there twice");
            }
            rank[i] = i;
            result[i] = made;
        }
        return new MergeRules(pairs, rank, result);
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

    LiteralMatcher userDefined() {
        return userDefined;
    }

    String piece(int id) {
        String literal = literals[id];
        return literal != null ? literal : ByteAlphabet.write(bytes[id]);
    }

    private static void mark(int id, BitSet marks) {
        if (id >= 0) {
            marks.set(id);
        }
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
            if (id == null) {
                throw new TokenizerException(String.format("the vocabulary has no token for the byte 0x%02X", octet));
            }
            byteIds[octet] = id;
        }
    }
}
