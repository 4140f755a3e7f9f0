package dev.altiplano.engine.chat;

/** Finds where an object or list of JSON ends in text that comes in pieces, and looks at each character once. */
final class JsonExtent {

    private int depth;
    private boolean inString;
    private boolean escaped;

    /** Begins a value, or goes on inside {@code depth} of them whose beginnings have passed. */
    void begin(int depth) {
        this.depth = depth;
        inString = false;
        escaped = false;
    }

    /** Takes {@code text} from {@code from} on: the position behind the value, or -1 where all of it belongs to the value. */
    int scan(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
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
                return i + 1;
            }
        }
        return -1;
    }
}
