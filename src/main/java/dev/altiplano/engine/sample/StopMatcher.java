package dev.altiplano.engine.sample;

/**
 * Finds stop sequences in text that arrives in pieces. Holds back no more than what could still begin one; the first one to be
 * complete ends the text, however it is cut into pieces. Belongs to one sequence.
 */
public final class StopMatcher {

    private final StopStrings stops;
    private final StringBuilder held = new StringBuilder();
    private int state = StopStrings.START;
    private boolean stopped;

    public StopMatcher(StopStrings stops) {
        this.stops = stops;
    }

    /** The text that may be shown now that {@code text} has come. */
    public String append(String text) {
        if (stops.isEmpty()) {
            return text;
        }
        if (stopped) {
            return "";
        }
        for (int i = 0; i < text.length(); i++) {
            held.append(text.charAt(i));
            state = stops.next(state, text.charAt(i));
            int match = stops.match(state);
            if (match > 0) {
                stopped = true;
                return take(held.length() - match);
            }
        }
        return take(held.length() - stops.depth(state));
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
}
