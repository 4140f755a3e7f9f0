package dev.altiplano.engine.chat;

import dev.altiplano.engine.json.JsonException;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a call's JSON object, up to its arguments: as much as is needed to tell of the call before it is complete.
 *
 * @param kind what is there
 * @param name of the function, as soon as it is known
 * @param arguments where the arguments' object begins, with {@link Kind#FOUND} alone
 */
record CallHead(Kind kind, @Nullable String name, int arguments) {

    enum Kind {
        /** More text has to come. */
        INCOMPLETE,
        /** A name, and behind it arguments that are an object. */
        FOUND,
        /** Written in another order or shape: what it is shows when it is complete. */
        OTHER
    }

    /** Characters in which the arguments must begin: what is looked at again with each piece of text stays short. */
    private static final int LONGEST = 1024;

    /** Reads from the brace at {@code from} on. */
    static CallHead read(CharSequence text, int from) {
        return new Reader(text, from).read();
    }

    private static final class Reader {

        private final CharSequence text;
        private final int end;
        private final Kind cut;
        private int at;
        private @Nullable String name;

        Reader(CharSequence text, int from) {
            this.text = text;
            boolean tooLong = text.length() - from >= LONGEST;
            end = tooLong ? from + LONGEST : text.length();
            cut = tooLong ? Kind.OTHER : Kind.INCOMPLETE;
            at = from + 1;
        }

        CallHead read() {
            while (true) {
                skip();
                String key = string();
                skip();
                if (key == null || at == end || text.charAt(at) != ':') {
                    return of(at == end ? cut : Kind.OTHER);
                }
                at++;
                skip();
                if (at == end) {
                    return of(cut);
                }
                char first = text.charAt(at);
                if (key.equals("arguments") || key.equals("parameters")) {
                    return of(first == '{' && name != null ? Kind.FOUND : Kind.OTHER);
                }
                if (first == '{' || first == '[') {
                    return of(Kind.OTHER);
                }
                String value = first == '"' ? string() : literal();
                if (value == null) {
                    return of(at == end ? cut : Kind.OTHER);
                }
                boolean names = key.equals("name") || key.equals("function") && name == null;
                if (names && (first != '"' || value.isEmpty())) {
                    return of(Kind.OTHER);
                }
                name = names ? value : name;
                skip();
                if (at == end || text.charAt(at) != ',') {
                    return of(at == end ? cut : Kind.OTHER);
                }
                at++;
            }
        }

        private CallHead of(Kind kind) {
            return new CallHead(kind, name, at);
        }

        private void skip() {
            while (at < end && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        /** The string that begins here; null where there is none, or where it does not end. */
        private @Nullable String string() {
            int from = at;
            if (from == end || text.charAt(from) != '"') {
                return null;
            }
            for (at++; at < end; at++) {
                char c = text.charAt(at);
                if (c == '\\') {
                    at = Math.min(at + 1, end - 1);
                } else if (c == '"') {
                    at++;
                    return value(text.subSequence(from, at).toString());
                }
            }
            return null;
        }

        private static @Nullable String value(String written) {
            try {
                return PlainJson.parse(written) instanceof String string ? string : null;
            } catch (JsonException e) {
                return null;
            }
        }

        /** The number or word that begins here; null where its end has not come. */
        private @Nullable String literal() {
            int from = at;
            while (at < end && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            return at == end || at == from ? null : text.subSequence(from, at).toString();
        }
    }
}
