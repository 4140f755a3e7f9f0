package dev.altiplano.engine.sample;

import java.util.List;

/**
 * Finds stop sequences in text that arrives in pieces. Holds back no more than what could still begin one; the earliest
 * occurrence ends the text. Belongs to one choice.
 */
public final class StopMatcher {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    public StopMatcher(List<String> stops) {
        this.stops = stops;
    }

    /** The text that may be shown now that {@code text} has come. */
    public String append(String text) {
        if (stops.isEmpty()) {
            return text;
        }
        if (text.isEmpty() || stopped) {
            return "";
        }
        held.append(text);
        int stop = firstStop();
        if (stop >= 0) {
            stopped = true;
            return take(stop);
        }
        return take(held.length() - couldBegin());
    }

    /** What was held back, now that nothing more comes. */
    public String finish() {
        return stopped ? "" : take(held.length());
    }

    /** Whether a stop sequence has appeared. */
    public boolean stopped() {
        return stopped;
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    private int firstStop() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /** Length of the longest end of the held text that begins a stop sequence. */
    private int couldBegin() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (ends(stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean ends(String stop, int length) {
        int from = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (held.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
