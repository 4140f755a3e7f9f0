package dev.altiplano.engine.grammar.program;

import dev.altiplano.engine.grammar.rule.Terminal;

/** A point of a rule: what may come next. Compared by identity. */
public abstract sealed class Node {

    /** The end of a rule: goes on where the rule was called. */
    public static final Node RETURN = new Return();

    /** The end of a rule. */
    public static final class Return extends Node {
        private Return() {}
    }

    /** A regular part, then {@code next}. */
    public static final class Match extends Node {
        private final Terminal terminal;
        private final Node next;

        Match(Terminal terminal, Node next) {
            this.terminal = terminal;
            this.next = next;
        }

        public Terminal terminal() {
            return terminal;
        }

        public Node next() {
            return next;
        }
    }

    /** Another rule by its number, then {@code next}. */
    public static final class Call extends Node {
        private final int rule;
        private final Node next;

        Call(int rule, Node next) {
            this.rule = rule;
            this.next = next;
        }

        public int rule() {
            return rule;
        }

        public Node next() {
            return next;
        }
    }

    /** One of several ways. */
    public static final class Branch extends Node {
        private final Node[] options;

        Branch(Node... options) {
            this.options = options.clone();
        }

        public int size() {
            return options.length;
        }

        public Node option(int i) {
            return options[i];
        }
    }

    /** A counted loop: {@code body} the first time, {@code again} after that, both ending in {@link #RETURN}; then {@code next}. */
    public static final class Loop extends Node {
        private final Node body;
        private final Node again;
        private final int min;
        private final int max;
        private final Node next;

        Loop(Node body, Node again, int min, int max, Node next) {
            this.body = body;
            this.again = again;
            this.min = min;
            this.max = max;
            this.next = next;
        }

        public Node body() {
            return body;
        }

        public Node again() {
            return again;
        }

        public int min() {
            return min;
        }

        public int max() {
            return max;
        }

        public Node next() {
            return next;
        }

        /** The count after one more round; without a maximum no more is counted than matters. */
        public int countAfter(int count) {
            return max == Integer.MAX_VALUE ? Math.min(count + 1, Math.max(min, 1)) : count + 1;
        }
    }
}
