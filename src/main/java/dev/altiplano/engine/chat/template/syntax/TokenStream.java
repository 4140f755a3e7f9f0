package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.syntax.Token.Kind;
import dev.altiplano.engine.chat.template.tree.Expression;
import org.jspecify.annotations.Nullable;

/** The tokens of a template, one ahead, and the bounds of what is built of them: how deep, and how many chained operators. */
final class TokenStream {

    /** Real templates stay below 20. */
    private static final int MAX_DEPTH = 60;
    /** Of operators that follow each other in one expression, each an operand of the next. */
    private static final int MAX_CHAIN = 500;

    private final Lexer lexer;
    private Token current;
    private @Nullable Token following;
    private int depth;
    private int deepest;
    private int chain;
    private Seen seen = new Seen(false, false);

    TokenStream(Lexer lexer) {
        this.lexer = lexer;
        this.current = lexer.next();
    }

    Token current() {
        return current;
    }

    Token following() {
        Token token = following;
        if (token == null) {
            token = lexer.next();
            following = token;
        }
        return token;
    }

    /** Which of the names by which a macro takes more arguments have been met. */
    record Seen(boolean varargs, boolean kwargs) {}

    Seen seen() {
        return seen;
    }

    /** Begins another macro; returns what was seen before. */
    Seen beginSeen() {
        Seen before = seen;
        seen = new Seen(false, false);
        return before;
    }

    void endSeen(Seen before) {
        seen = before;
    }

    void advance() {
        if (current.isName("varargs")) {
            seen = new Seen(true, seen.kwargs());
        } else if (current.isName("kwargs")) {
            seen = new Seen(seen.varargs(), true);
        }
        Token token = following;
        current = token == null ? lexer.next() : token;
        following = null;
    }

    boolean takeName(String name) {
        boolean taken = current.isName(name);
        if (taken) {
            advance();
        }
        return taken;
    }

    boolean takeSign(String sign) {
        boolean taken = current.isSign(sign);
        if (taken) {
            advance();
        }
        return taken;
    }

    void expectSign(String sign) {
        if (!takeSign(sign)) {
            throw current.wrong("expected '" + sign + "', found " + current.describe());
        }
    }

    void expect(Kind kind) {
        if (current.kind() != kind) {
            throw current.wrong("expected " + kind.description + ", found " + current.describe());
        }
        advance();
    }

    String expectName(String what) {
        String name = current.text();
        if (current.kind() != Kind.NAME) {
            throw current.wrong("expected " + what + ", found " + current.describe());
        }
        advance();
        return name.intern();
    }

    void enter() {
        if (depth == 0) {
            chain = 0;
        }
        deepest = Math.max(deepest, depth + 1);
        if (++depth > MAX_DEPTH) {
            throw current.wrong("brackets or blocks are nested deeper than " + MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    /** Begins to measure how deep a body goes; returns what was measured around it. */
    int startDeepest() {
        int before = deepest;
        deepest = depth;
        return before;
    }

    /** How many levels the body that ends here has. */
    int endDeepest(int before) {
        int levels = deepest - depth;
        deepest = Math.max(deepest, before);
        return levels;
    }

    /** Begins another expression. */
    void beginExpression() {
        chain = 0;
    }

    <E extends Expression> E chained(E expression) {
        if (++chain > MAX_CHAIN) {
            throw current.wrong("an expression has more than " + MAX_CHAIN
                    + " operators; put parts of it into variables with 'set'");
        }
        deepest = Math.max(deepest, depth + chain / 2);
        return expression;
    }
}
