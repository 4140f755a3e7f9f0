package dev.altiplano.engine.chat;

import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.Rendered.Segment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns a rendered prompt into ids. A control token is read where all of its characters are the template's; what a request
 * spells stays text. Text between two control tokens is encoded as one, whoever wrote which part, as words go across.
 * Immutable; serves any thread. Time is linear in the prompt, for each character at most the longest spelling.
 */
public final class PromptEncoder {

    private final PlainEncoder encoder;
    private final Node root = new Node();

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private @Nullable ControlToken token;
    }

    /** An encoder for the control tokens of one vocabulary; of two with the same spelling the first counts, empty ones none. */
    public PromptEncoder(List<ControlToken> tokens, PlainEncoder encoder) {
        this.encoder = encoder;
        for (ControlToken token : tokens) {
            Node node = root;
            for (int i = 0; i < token.text().length(); i++) {
                node = node.next.computeIfAbsent(token.text().charAt(i), _ -> new Node());
            }
            if (node != root && node.token == null) {
                node.token = token;
            }
        }
    }

    /** The ids of the prompt: what the template wrote and nothing in front of it. */
    public int[] encode(Rendered rendered) {
        return new Pass(rendered).run();
    }

    /** One prompt. */
    private final class Pass {

        private final Rendered rendered;
        private final String text;
        private int[] ids = new int[256];
        private int count;
        /** Where text begins that is not encoded yet. */
        private int from;

        Pass(Rendered rendered) {
            this.rendered = rendered;
            this.text = rendered.text();
        }

        int[] run() {
            int start = 0;
            for (Segment segment : rendered.segments()) {
                int end = start + segment.text().length();
                if (segment.trusted()) {
                    findTokens(start, end);
                }
                start = end;
            }
            plain(text.length());
            return Arrays.copyOf(ids, count);
        }

        private void findTokens(int start, int end) {
            for (int i = Math.max(start, from); i < end; ) {
                ControlToken token = longest(i, end);
                if (token == null) {
                    i++;
                    continue;
                }
                int before = i;
                while (token.stripsBefore() && before > from && Character.isWhitespace(text.charAt(before - 1))) {
                    before--;
                }
                plain(before);
                i += token.text().length();
                while (token.stripsAfter() && i < text.length() && Character.isWhitespace(text.charAt(i))) {
                    i++;
                }
                add(token.id());
                from = i;
            }
        }

        private @Nullable ControlToken longest(int at, int end) {
            ControlToken found = null;
            Node node = root;
            for (int i = at; i < end; i++) {
                node = node.next.get(text.charAt(i));
                if (node == null) {
                    break;
                }
                found = node.token == null ? found : node.token;
            }
            return found;
        }

        private void plain(int end) {
            if (end > from) {
                int[] more = encoder.encode(text.substring(from, end), from == 0);
                reserve(more.length);
                System.arraycopy(more, 0, ids, count, more.length);
                count += more.length;
            }
            from = Math.max(from, end);
        }

        private void add(int id) {
            reserve(1);
            ids[count++] = id;
        }

        private void reserve(int more) {
            if (count + more > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + more));
            }
        }
    }
}
