package dev.altiplano.engine.tokenizer.bytelevel;

import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads tiktoken's file: text, one token a line, as its bytes in base64, a space and its rank, which is its id. */
public final class RankFile {

    public static final int LONGEST_LINE = 1024;

    private RankFile() {}

    /** Whether {@code file} begins with a line of this format. */
    public static boolean isOne(byte[] file) {
        int i = 0;
        while (i < file.length && i < LONGEST_LINE && isBase64(file[i])) {
            i++;
        }
        int digits = i + 1;
        return i > 0 && digits < file.length && file[i] == ' ' && file[digits] >= '0' && file[digits] <= '9';
    }

    /** The bytes of each token, by id. Throws {@link TokenizerException} with the line and offset of what is wrong. */
    static byte[][] read(byte[] file) {
        List<byte @Nullable []> tokens = new ArrayList<>();
        int line = 0;
        for (int start = 0; start < file.length; ) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            line++;
            int textEnd = end > start && file[end - 1] == '\r' ? end - 1 : end;
            if (textEnd > start) {
                readLine(file, start, textEnd, line, tokens);
            }
            start = end + 1;
        }
        byte[][] all = new byte[tokens.size()][];
        for (int rank = 0; rank < all.length; rank++) {
            byte[] token = tokens.get(rank);
            if (token == null) {
                throw TokenizerException.at(file.length, "no line has rank " + rank);
            }
            all[rank] = token;
        }
        return all;
    }

    private static void readLine(byte[] file, int start, int end, int line, List<byte @Nullable []> tokens) {
        int space = start;
        while (space < end && file[space] != ' ') {
            space++;
        }
        if (end - start > LONGEST_LINE || space == start || space >= end - 1) {
            throw at(start, line, "is not a token in base64, a space and a rank");
        }
        byte[] token;
        try {
            token = Base64.getDecoder().decode(Arrays.copyOfRange(file, start, space));
        } catch (IllegalArgumentException e) {
            throw at(start, line, "is not base64: " + e.getMessage());
        }
        if (token.length == 0) {
            throw at(start, line, "has an empty token");
        }
        long rank = 0;
        for (int i = space + 1; i < end; i++) {
            int digit = file[i] - '0';
            rank = 10 * rank + digit;
            if (digit < 0 || digit > 9 || rank > Integer.MAX_VALUE) {
                throw at(start, line, "has no rank after the space");
            }
        }
        // Each line has at least 6 bytes, so a rank above this leaves a gap.
        if (rank > file.length / 6) {
            throw at(start, line, "has rank " + rank + ", more than the file has lines");
        }
        while (tokens.size() <= rank) {
            tokens.add(null);
        }
        if (tokens.set((int) rank, token) != null) {
            throw at(start, line, "has rank " + rank + " a second time");
        }
    }

    private static TokenizerException at(int offset, int line, String problem) {
        return TokenizerException.at(offset, "line " + line + " " + problem);
    }

    private static boolean isBase64(byte b) {
        return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= '/' && b <= '9') || b == '+' || b == '=';
    }
}
