package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.regex.Regex;
import java.text.Normalizer.Form;

/**
 * How much longer the steps of a rule can make a text: a handful of them that double it would fill the memory. Rules of real
 * models make it two or three times as long at most.
 */
final class Growth {

    private static final int MAX_FACTOR = 64;
    private static final int MAX_CONTENT = 256;

    /** The longest text per character that Unicode's forms make of any, compatible characters replaced or not. */
    private static final int COMPATIBLE = 18;

    private static final int CANONICAL = 4;

    private double factor = 1;
    /** Unicode's forms and lower case lengthen a text again only if something has put characters of another kind into it. */
    private boolean rewritten;

    /** A step that puts {@code content} in the place of each match. */
    void replace(Tree rule, Regex pattern, String content) {
        checkContent(rule, "content", content);
        int shortest = pattern.shortestMatch();
        // An expression that matches nothing puts it in front of every character, and behind the last.
        double each = shortest == 0 ? 1 + 2.0 * content.length() : (double) content.length() / shortest;
        rewritten = true;
        grow(rule, Math.max(1, each));
    }

    /** A step that puts {@code content} in front. */
    void prepend(Tree rule, String content) {
        checkContent(rule, "prepend", content);
        grow(rule, (factor + content.length()) / factor);
    }

    /** One of Unicode's forms. */
    void unicode(Tree rule, Form form) {
        again(rule, form == Form.NFKC || form == Form.NFKD ? COMPATIBLE : CANONICAL);
    }

    void lowercase(Tree rule) {
        again(rule, 2);
    }

    private void again(Tree rule, int by) {
        if (rewritten) {
            grow(rule, by);
        }
        rewritten = false;
    }

    private void grow(Tree rule, double by) {
        factor *= by;
        if (factor > MAX_FACTOR) {
            throw rule.refuse("the steps up to here can make a text " + (long) factor + " times as long, allowed is "
                    + MAX_FACTOR + " times; no tokenizer needs that");
        }
    }

    private static void checkContent(Tree rule, String key, String content) {
        if (content.length() > MAX_CONTENT) {
            throw rule.refuse(key + " has " + content.length() + " characters, allowed are " + MAX_CONTENT);
        }
    }
}
