package dev.altiplano.engine.tokenizer;

/** Shows a token's text in a message: in quotes, cut to a readable length, control characters escaped. */
public final class Quote {

    private static final int LONGEST = 60;

    private Quote() {}

    public static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\'' || c == '\\') {
                quoted.append(String.format("\\u%04X", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST ? "…'" : "'").toString();
    }
}
