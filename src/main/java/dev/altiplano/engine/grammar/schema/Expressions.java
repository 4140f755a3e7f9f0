package dev.altiplano.engine.grammar.schema;

/**
 * The format {@code regex}: regular expressions that every dialect reads alike. A regular language cannot count brackets, so groups
 * are at most two deep; classes hold the usual ranges, and a quantifier's lower bound is never above its upper one.
 */
final class Expressions {

    private static final String PLAIN = "[A-Za-z0-9 _@#%=:;,<>~/!'-]";
    private static final String ESCAPED = "\\\\[dDwWsStnr.*+?()|^$\\\\\\[\\]{}]";
    private static final String CLASS = "\\[\\^?(a-z|A-Z|0-9|[A-Za-z0-9_@.:, ]|\\\\[dws.])+\\]";
    private static final String QUANTIFIER = "([*+?]\\??|\\{([1-9][0-9]{0,2}|[01],[1-9][0-9]{0,2})\\})?";
    private static final String ATOM = PLAIN + "|" + ESCAPED + "|" + CLASS + "|\\.";
    private static final String FLAT = alternatives("(" + ATOM + ")");
    private static final String DEEPER = alternatives("(" + ATOM + "|\\((\\?:)?" + FLAT + "\\))");

    static final String PATTERN = "\\^?" + alternatives("(" + ATOM + "|\\((\\?:)?" + DEEPER + "\\))") + "\\$?";

    private Expressions() {}

    private static String alternatives(String atom) {
        String sequence = "(" + atom + QUANTIFIER + ")+";
        return sequence + "(\\|" + sequence + ")*";
    }
}
