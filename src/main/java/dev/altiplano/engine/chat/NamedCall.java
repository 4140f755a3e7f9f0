package dev.altiplano.engine.chat;

/** Mistral's newer way to write a call, behind its mark: {@code name{…}}, with {@code [CALL_ID]…} and {@code [ARGS]} between. */
final class NamedCall {

    private static final String CALL_ID = "[CALL_ID]";
    private static final String ARGS = "[ARGS]";
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_ID = 64;

    private NamedCall() {}

    /** Reads from the name on, up to the arguments. */
    static CallHead read(CharSequence text, int from) {
        int end = from;
        while (end < text.length() && end - from <= LONGEST_NAME && "{[\n\"".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (end - from > LONGEST_NAME) {
            return of(CallHead.Kind.OTHER);
        }
        if (end == text.length()) {
            return of(CallHead.Kind.INCOMPLETE);
        }
        String name = text.subSequence(from, end).toString().strip();
        if (name.isEmpty() || "\n\"".indexOf(text.charAt(end)) >= 0) {
            return of(CallHead.Kind.OTHER);
        }
        int at = end;
        if (begins(text, at, CALL_ID)) {
            at += CALL_ID.length();
            int id = at;
            while (at < text.length() && at - id <= LONGEST_ID && Character.isLetterOrDigit(text.charAt(at))) {
                at++;
            }
        }
        if (begins(text, at, ARGS)) {
            at += ARGS.length();
        }
        if (at == text.length()) {
            return of(CallHead.Kind.INCOMPLETE);
        }
        if (text.charAt(at) == '{') {
            return new CallHead(CallHead.Kind.FOUND, name, at);
        }
        String rest = text.subSequence(at, text.length()).toString();
        return of(CALL_ID.startsWith(rest) || ARGS.startsWith(rest) ? CallHead.Kind.INCOMPLETE : CallHead.Kind.OTHER);
    }

    private static CallHead of(CallHead.Kind kind) {
        return new CallHead(kind, null, 0);
    }

    private static boolean begins(CharSequence text, int at, String mark) {
        return text.length() - at >= mark.length() && mark.contentEquals(text.subSequence(at, at + mark.length()));
    }
}
