package dev.altiplano.engine.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a vocabulary by their bytes. Nodes are numbered breadth first, so that the children of a node follow each other
 * by rising bytes; node 0 is the root. Immutable.
 */
final class TokenTrie {

    /** Longer tokens are left out: they are never allowed. */
    static final int MAX_TOKEN_BYTES = 512;

    private final int[] order;
    private int nodes;
    private int[] firstChild = new int[1024];
    private byte[] value = new byte[1024];
    private int[] firstToken = new int[1024];
    private int[] lastToken = new int[1024];

    TokenTrie(byte[] @Nullable [] tokens, boolean[] excluded) {
        order = sorted(tokens, excluded);
        int[] to = new int[1024];
        int[] depth = new int[1024];
        to[0] = order.length;
        nodes = 1;
        for (int node = 0; node < nodes; node++) {
            int at = firstToken[node];
            int end = to[node];
            int length = depth[node];
            while (at < end && bytes(tokens, at).length == length) {
                at++;
            }
            lastToken[node] = at;
            firstChild[node] = nodes;
            while (at < end) {
                byte next = bytes(tokens, at)[length];
                int from = at;
                while (at < end && bytes(tokens, at)[length] == next) {
                    at++;
                }
                if (nodes + 1 >= value.length) {
                    grow();
                    to = Arrays.copyOf(to, value.length);
                    depth = Arrays.copyOf(depth, value.length);
                }
                value[nodes] = next;
                firstToken[nodes] = from;
                to[nodes] = at;
                depth[nodes] = length + 1;
                nodes++;
            }
        }
        firstChild[nodes] = nodes;
        // The numbering is breadth first, so a node's children end where those of the next begin.
    }

    private void grow() {
        int size = 2 * value.length;
        firstChild = Arrays.copyOf(firstChild, size);
        value = Arrays.copyOf(value, size);
        firstToken = Arrays.copyOf(firstToken, size);
        lastToken = Arrays.copyOf(lastToken, size);
    }

    private byte[] bytes(byte[] @Nullable [] tokens, int i) {
        byte[] bytes = tokens[order[i]];
        return bytes == null ? new byte[0] : bytes;
    }

    private static int[] sorted(byte[] @Nullable [] tokens, boolean[] excluded) {
        Integer[] ids = new Integer[tokens.length];
        int count = 0;
        for (int id = 0; id < tokens.length; id++) {
            byte[] bytes = tokens[id];
            if (bytes != null && bytes.length > 0 && bytes.length <= MAX_TOKEN_BYTES && !excluded[id]) {
                ids[count++] = id;
            }
        }
        Arrays.sort(ids, 0, count, (a, b) -> Arrays.compareUnsigned(tokens[a], tokens[b]));
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = ids[i];
        }
        return order;
    }

    int firstChild(int node) {
        return firstChild[node];
    }

    int endOfChildren(int node) {
        return firstChild[node + 1];
    }

    boolean hasChildren(int node) {
        return firstChild[node] < firstChild[node + 1];
    }

    /** The byte that leads to {@code node}. */
    int value(int node) {
        return value[node] & 0xFF;
    }

    /** The child of {@code node} for a byte; -1 if there is none. */
    int child(int node, int wanted) {
        int low = firstChild[node];
        int high = firstChild[node + 1] - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int found = value[middle] & 0xFF;
            if (found == wanted) {
                return middle;
            }
            if (found < wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Place of the first token that ends at {@code node}, for {@link #token}. */
    int firstToken(int node) {
        return firstToken[node];
    }

    int endOfTokens(int node) {
        return lastToken[node];
    }

    int token(int place) {
        return order[place];
    }
}
