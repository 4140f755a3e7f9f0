package dev.altiplano.engine.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Finds tool calls in generated text while it comes. Content goes out at once, but for what may be the beginning of a call. A
 * call goes out as soon as its name is known and its arguments begin, and its arguments follow as they come; what comes is the
 * same however the text is cut into pieces. What has not become a call is content: nothing is lost, and what went out is never
 * taken back. Belongs to one stream of text.
 *
 * <p>A call with a mark before it may be of any function. Without a mark only the functions that there are count as calls: an
 * object with a name may be an answer.
 */
public final class ToolCallParser {

    private static final int INCOMPLETE = 0;
    private static final int NO_CALL = -1;

    private enum State {
        /** Where a call may stand without a mark. */
        BEGINNING,
        CONTENT,
        /** The buffer begins with a call, it seems. */
        CALL,
        /** The buffer begins inside the arguments of a call that went out. */
        ARGUMENTS,
        /** Behind the arguments, inside the call's object. */
        CLOSING,
        /** Behind the arguments, among other members of the call's object. */
        MEMBERS,
        /** Behind a call. */
        NEXT
    }

    private final ToolCallFormat format;
    private final Set<String> functions;
    private final IntFunction<String> ids;
    private final StringBuilder buffer = new StringBuilder();
    private final JsonExtent extent = new JsonExtent();
    private List<ChatDelta> deltas = new ArrayList<>();
    private State state;
    private int calls;
    /** Whether nothing but white space has come since the last call. */
    private boolean afterCall;
    /** Whether the call is an element of a list, of which others went out. */
    private boolean inList;
    /** Whether the call stands behind a mark of its own or of its list. */
    private boolean marked;
    /** Whether the arguments stand behind the name, not in an object with it. */
    private boolean named;
    /** Whether the text ended before the arguments of a call that it had to be. */
    private boolean cut;
    /** How far a call that only shows when it is complete has been scanned; 0 where there is none. */
    private int scanned;

    /**
     * A parser for one answer.
     *
     * @param functions names of those that may be called without a mark
     * @param ids makes the id of each call from its number, from 0; Mistral's templates want nine letters and digits
     */
    public ToolCallParser(ToolCallFormat format, Set<String> functions, IntFunction<String> ids) {
        this.format = format;
        this.functions = Set.copyOf(functions);
        this.ids = ids;
        this.state = outside();
    }

    private State outside() {
        return format.isBare() ? State.BEGINNING : State.CONTENT;
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

    /**
     * Ends a text that had to be a call, wherever it was cut: the call of which no argument has come goes out if its function is
     * known, and the rest is dropped.
     */
    public List<ChatDelta> finishCall() {
        if (calls > 0) {
            return finish();
        }
        int brace = buffer.indexOf("{");
        String name = brace < 0 ? null : CallHead.read(buffer, brace).name();
        if (name == null && functions.size() == 1) {
            name = functions.iterator().next();
        }
        buffer.setLength(0);
        deltas = new ArrayList<>();
        if (name != null) {
            begin(name);
            cut = true;
        }
        return deltas;
    }

    /** How many calls have been found. */
    public int calls() {
        return calls;
    }

    /** Whether what has come last behind a call looks like the beginning of another one. */
    public boolean beginsAnother() {
        return calls > 0 && (state == State.CALL || afterCall && skip(0) < buffer.length());
    }

    /** Whether there are calls, and the last one has all of its arguments. */
    public boolean isComplete() {
        return calls > 0 && state != State.ARGUMENTS && !cut;
    }

    private List<ChatDelta> drain(boolean ends) {
        deltas = new ArrayList<>();
        boolean moves = true;
        while (moves) {
            moves = switch (state) {
                case BEGINNING -> beginning(ends);
                case CONTENT -> content(ends);
                case CALL -> call(ends);
                case ARGUMENTS -> arguments();
                case CLOSING -> closing();
                case MEMBERS -> members();
                case NEXT -> next(ends);
            };
        }
        return deltas;
    }

    private boolean beginning(boolean ends) {
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
                && (Character.isWhitespace(buffer.charAt(at)) || afterCall && buffer.charAt(at) == ';')) {
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
        int read = read();
        if (read == INCOMPLETE && !ends) {
            return false;
        }
        scanned = 0;
        if (read <= 0) {
            // What looked like a call is content: its mark, or its first character, and the rest is looked at again.
            int mark = matched(0, format.begin());
            emit(mark == format.begin().length() && mark > 0 ? mark : Math.min(1 + skip(0), buffer.length()));
            inList = false;
            state = State.CONTENT;
        }
        return true;
    }

    /** Reads the call that begins the buffer and tells of it; else {@link #INCOMPLETE} or {@link #NO_CALL}. */
    private int read() {
        int mark = inList ? 0 : matched(0, format.begin());
        marked = inList ? marked : mark > 0 && mark == format.begin().length();
        int at = skip(marked && !inList ? mark : 0);
        if (at == buffer.length()) {
            return INCOMPLETE;
        }
        if (format == ToolCallFormat.MISTRAL && marked && !inList && buffer.charAt(at) != '[') {
            return named(NamedCall.read(buffer, at));
        }
        boolean list = buffer.charAt(at) == '[' && !inList;
        if (list) {
            at = skip(at + 1);
            if (at == buffer.length()) {
                return INCOMPLETE;
            }
        }
        if (buffer.charAt(at) != '{') {
            return NO_CALL;
        }
        int read = object(at);
        inList |= read > 0 && list;
        return read;
    }

    private int named(CallHead head) {
        String name = head.name();
        if (head.kind() == CallHead.Kind.FOUND && name != null) {
            begin(name, head.arguments(), State.ARGUMENTS);
            inList = false;
            named = true;
            return 1;
        }
        return head.kind() == CallHead.Kind.INCOMPLETE ? INCOMPLETE : NO_CALL;
    }

    private int object(int at) {
        CallHead head = scanned > 0 ? new CallHead(CallHead.Kind.OTHER, null, 0) : CallHead.read(buffer, at);
        String name = head.name();
        if (head.kind() == CallHead.Kind.INCOMPLETE) {
            return INCOMPLETE;
        }
        if (head.kind() == CallHead.Kind.FOUND && name != null) {
            if (!isCallable(name)) {
                return NO_CALL;
            }
            named = false;
            begin(name, head.arguments(), State.ARGUMENTS);
            return 1;
        }
        if (scanned == 0) {
            extent.begin(0);
        }
        int end = extent.scan(buffer, Math.max(scanned, at));
        scanned = buffer.length();
        if (end < 0) {
            return INCOMPLETE;
        }
        CallReader.Call call = CallReader.read(buffer.substring(at, end));
        if (call == null || !isCallable(call.name())) {
            return NO_CALL;
        }
        begin(call.name(), end, State.NEXT);
        deltas.add(new ChatDelta.CallArguments(calls - 1, call.arguments()));
        return 1;
    }

    private boolean isCallable(String name) {
        return marked || functions.contains(name);
    }

    private void begin(String name, int taken, State next) {
        begin(name);
        buffer.delete(0, taken);
        extent.begin(0);
        state = next;
    }

    private void begin(String name) {
        deltas.add(new ChatDelta.CallBegin(calls, ids.apply(calls), name));
        calls++;
    }

    private boolean arguments() {
        int end = extent.scan(buffer, 0);
        int taken = end < 0 ? buffer.length() : end;
        if (taken > 0) {
            deltas.add(new ChatDelta.CallArguments(calls - 1, buffer.substring(0, taken)));
            buffer.delete(0, taken);
        }
        if (end >= 0) {
            state = named ? State.NEXT : State.CLOSING;
        }
        return end >= 0;
    }

    private boolean closing() {
        int at = skip(0);
        if (at == buffer.length()) {
            return false;
        }
        char c = buffer.charAt(at);
        if (c == ',') {
            extent.begin(1);
            state = State.MEMBERS;
        } else {
            // Models forget the brace now and then.
            state = State.NEXT;
        }
        buffer.delete(0, c == ',' || c == '}' ? at + 1 : at);
        return true;
    }

    private boolean members() {
        int end = extent.scan(buffer, 0);
        buffer.delete(0, end < 0 ? buffer.length() : end);
        if (end >= 0) {
            state = State.NEXT;
        }
        return end >= 0;
    }

    /** Goes on to the list's next call, or out of the call: behind its end mark, where there is one. */
    private boolean next(boolean ends) {
        int at = skip(0);
        if (inList) {
            if (at == buffer.length()) {
                inList = !ends;
                return ends;
            }
            char c = buffer.charAt(at);
            if (c == ',') {
                int element = skip(at + 1);
                if (element == buffer.length() && !ends) {
                    return false;
                }
                if (element < buffer.length() && buffer.charAt(element) == '{') {
                    buffer.delete(0, element);
                    state = State.CALL;
                    return true;
                }
            }
            buffer.delete(0, c == ']' ? at + 1 : 0);
            inList = false;
            return true;
        }
        String mark = format.end();
        int matched = at < buffer.length() ? matched(at, mark) : 0;
        if (matched < mark.length() && !ends && (at == buffer.length() || matched == buffer.length() - at)) {
            return false;
        }
        if (matched == mark.length()) {
            buffer.delete(0, mark.isEmpty() ? 0 : at + matched);
        }
        afterCall = true;
        state = outside();
        return true;
    }
}
