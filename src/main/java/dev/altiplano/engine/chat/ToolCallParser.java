package dev.altiplano.engine.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds tool calls in generated text while it comes. Content goes out at once, but for what may be the beginning of a call's
 * mark. A call is held back until its JSON is complete and valid, so that text which turns out to be none can still be content:
 * nothing is lost, and what went out is never taken back. Belongs to one stream of text.
 */
public final class ToolCallParser {

    private static final String CALL_ID = "[CALL_ID]";
    private static final String ARGS = "[ARGS]";
    private static final int LONGEST_NAME = 256;
    private static final int INCOMPLETE = 0;
    private static final int NO_CALL = -1;

    private enum State {
        /** Where a call may stand without a mark. */
        BEGINNING,
        CONTENT,
        /** The buffer begins with a call, it seems. */
        CALL
    }

    private final ToolCallFormat format;
    private final IntFunction<String> ids;
    private final StringBuilder buffer = new StringBuilder();
    private final JsonExtent extent = new JsonExtent();
    private List<ChatDelta> deltas = new ArrayList<>();
    private State state;
    private int calls;
    /** Whether nothing but white space has come since the last call. */
    private boolean afterCall;

    /**
     * A parser for one answer.
     *
     * @param ids makes the id of each call from its number, from 0; Mistral's templates want nine letters and digits
     */
    public ToolCallParser(ToolCallFormat format, IntFunction<String> ids) {
        this.format = format;
        this.ids = ids;
        this.state = format.isBare() ? State.BEGINNING : State.CONTENT;
    }

    /** Takes more text; gives what is certain now. */
    public List<ChatDelta> accept(String text) {
        buffer.append(text);
        return drain(false);
    }

    /** Ends the text; gives what was held back. */
    public List<ChatDelta> finish() {
        return drain(true);
    }

    /** How many calls have been found. */
    public int calls() {
        return calls;
    }

    private List<ChatDelta> drain(boolean ends) {
        deltas = new ArrayList<>();
        boolean moves = true;
        while (moves) {
            moves = switch (state) {
                case BEGINNING -> begin(ends);
                case CONTENT -> content(ends);
                case CALL -> call(ends);
            };
        }
        return deltas;
    }

    private boolean begin(boolean ends) {
        int at = skip(0);
        if (at == buffer.length() && !ends) {
            return false;
        }
        int mark = at < buffer.length() ? matched(at, format.begin()) : 0;
        if (mark > 0 && mark < format.begin().length() && mark == buffer.length() - at && !ends) {
            return false;
        }
        boolean call = at < buffer.length()
                && mark < format.begin().length()
                && (buffer.charAt(at) == '{' || buffer.charAt(at) == '[');
        state = call ? State.CALL : State.CONTENT;
        return true;
    }

    /** How many characters of {@code mark} the buffer has at {@code at}, up to its end; 0 where they differ. */
    private int matched(int at, String mark) {
        int length = Math.min(mark.length(), buffer.length() - at);
        for (int i = 0; i < length; i++) {
            if (buffer.charAt(at + i) != mark.charAt(i)) {
                return 0;
            }
        }
        return length;
    }

    /** Behind white space and what separates calls. */
    private int skip(int from) {
        int at = from;
        while (at < buffer.length()
                && (Character.isWhitespace(buffer.charAt(at))
                        || afterCall && at < buffer.length() && buffer.charAt(at) == ';')) {
            at++;
        }
        return at;
    }

    private boolean content(boolean ends) {
        if (buffer.isEmpty()) {
            return false;
        }
        String mark = format.begin();
        int at = mark.isEmpty() ? -1 : buffer.indexOf(mark);
        int held = 0;
        if (at < 0 && !ends && !mark.isEmpty()) {
            for (int i = Math.max(0, buffer.length() - mark.length() + 1); i < buffer.length() && held == 0; i++) {
                held = matched(i, mark);
            }
        }
        int end = at < 0 ? buffer.length() - held : at;
        if (afterCall && buffer.substring(0, end).isBlank()) {
            if (at < 0 && !ends) {
                return false;
            }
            buffer.delete(0, end);
        } else {
            emit(end);
        }
        if (at >= 0) {
            extent.reset();
            state = State.CALL;
        }
        return at >= 0;
    }

    private void emit(int end) {
        if (end > 0) {
            deltas.add(new ChatDelta.Content(buffer.substring(0, end)));
            buffer.delete(0, end);
            afterCall = false;
        }
    }

    private boolean call(boolean ends) {
        List<CallReader.Call> found = new ArrayList<>();
        int length = read(found, ends);
        if (length == INCOMPLETE && !ends) {
            return false;
        }
        extent.reset();
        if (length > 0) {
            for (CallReader.Call call : found) {
                deltas.add(new ChatDelta.CallBegin(calls, ids.apply(calls), call.name()));
                deltas.add(new ChatDelta.CallArguments(calls, call.arguments()));
                calls++;
            }
            buffer.delete(0, length);
            afterCall = true;
            state = format.isBare() ? State.BEGINNING : State.CONTENT;
        } else {
            // What looked like a call is content: its mark, or its first character, and the rest is looked at again.
            int mark = matched(0, format.begin());
            emit(mark == format.begin().length() && mark > 0 ? mark : Math.min(1 + skip(0), buffer.length()));
            state = State.CONTENT;
        }
        return true;
    }

    /** Reads the call that begins the buffer: its length, or {@link #INCOMPLETE}, or {@link #NO_CALL}. */
    private int read(List<CallReader.Call> found, boolean ends) {
        int mark = matched(0, format.begin());
        int at = skip(mark == format.begin().length() ? mark : 0);
        if (at == buffer.length()) {
            return INCOMPLETE;
        }
        String name = null;
        if (format == ToolCallFormat.MISTRAL && mark > 1 && buffer.charAt(at) != '[') {
            int end = nameEnd(at);
            if (end <= 0) {
                return end;
            }
            name = buffer.substring(at, end).strip();
            at = argumentsBegin(end);
            if (at <= 0) {
                return at;
            }
        }
        if (buffer.charAt(at) != '{' && (buffer.charAt(at) != '[' || name != null)) {
            return NO_CALL;
        }
        int end = extent.end(buffer, at);
        if (end < 0) {
            return INCOMPLETE;
        }
        String json = buffer.substring(at, end);
        List<CallReader.Call> read = name == null ? CallReader.read(json) : named(name, json);
        if (read == null) {
            return NO_CALL;
        }
        found.addAll(read);
        return closed(end, ends);
    }

    private static @Nullable List<CallReader.Call> named(String name, String json) {
        return PlainJson.isObject(json) ? List.of(new CallReader.Call(name, json)) : null;
    }

    private int nameEnd(int from) {
        int at = from;
        while (at < buffer.length() && at - from <= LONGEST_NAME && "{[\n\"".indexOf(buffer.charAt(at)) < 0) {
            at++;
        }
        if (at == buffer.length()) {
            return INCOMPLETE;
        }
        return at == from || at - from > LONGEST_NAME || "\n\"".indexOf(buffer.charAt(at)) >= 0 ? NO_CALL : at;
    }

    /** Behind {@code [CALL_ID]…} and {@code [ARGS]}, if they are there. */
    private int argumentsBegin(int from) {
        int at = from;
        if (matched(at, CALL_ID) == CALL_ID.length()) {
            at += CALL_ID.length();
            while (at < buffer.length() && Character.isLetterOrDigit(buffer.charAt(at))) {
                at++;
            }
        }
        if (at < buffer.length() && matched(at, ARGS) == ARGS.length()) {
            at += ARGS.length();
        }
        if (at == buffer.length()) {
            return INCOMPLETE;
        }
        boolean maybeMark = matched(at, CALL_ID) == buffer.length() - at || matched(at, ARGS) == buffer.length() - at;
        return buffer.charAt(at) == '{' ? at : maybeMark ? INCOMPLETE : NO_CALL;
    }

    /** Behind the end mark; a call counts without it where other text or the end comes instead. */
    private int closed(int from, boolean ends) {
        String mark = format.end();
        if (mark.isEmpty()) {
            return from;
        }
        int at = skip(from);
        int matched = at < buffer.length() ? matched(at, mark) : 0;
        if (matched == mark.length()) {
            return at + matched;
        }
        boolean waits = at == buffer.length() || matched > 0;
        return waits && !ends ? INCOMPLETE : from;
    }
}
