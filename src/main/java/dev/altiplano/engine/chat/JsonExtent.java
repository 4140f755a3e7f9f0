package dev.altiplano.engine.chat;

/** Finds where an object or list of JSON ends in text that grows, and looks at each character once. */
final class JsonExtent {

    private int scanned = -1;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private int end = -1;

    void reset() {
        scanned = -1;
        depth = 0;
        inString = false;
        escaped = false;
        end = -1;
    }

    /** The position behind the value that begins at {@code start}, or -1 while its end has not come. */
    int end(CharSequence text, int start) {
        if (end >= 0) {
            return end;
        }
        scanned = scanned < 0 ? start : scanned;
        for (; scanned < text.length(); scanned++) {
            char c = text.charAt(scanned);
            if (inString) {
                if (escaped) {
                    escaped = false;
                } else if (c == '\\') {
                    escaped = true;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                end = ++scanned;
                return end;
            }
        }
        return -1;
    }
}
