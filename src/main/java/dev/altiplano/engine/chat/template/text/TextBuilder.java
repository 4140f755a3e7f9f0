package dev.altiplano.engine.chat.template.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds a {@link Text} piece by piece and keeps who wrote each. */
public final class TextBuilder {

    private final StringBuilder string = new StringBuilder();
    private int[] flips = new int[4];
    private int count;
    private boolean firstTrusted = true;
    private boolean lastTrusted = true;

    public int length() {
        return string.length();
    }

    public TextBuilder append(String more, boolean trusted) {
        if (!more.isEmpty()) {
            turn(trusted);
            string.append(more);
        }
        return this;
    }

    public TextBuilder append(char more, boolean trusted) {
        turn(trusted);
        string.append(more);
        return this;
    }

    public TextBuilder append(Text more) {
        if (more.isEmpty()) {
            return this;
        }
        int start = string.length();
        turn(more.firstTrusted());
        string.append(more.string());
        for (int flip : more.flips()) {
            add(start + flip);
        }
        return this;
    }

    /** Says who writes the next character. */
    private void turn(boolean trusted) {
        if (string.isEmpty()) {
            firstTrusted = trusted;
            lastTrusted = trusted;
        } else if (trusted != lastTrusted) {
            add(string.length());
        }
    }

    private void add(int flip) {
        if (count == flips.length) {
            flips = Arrays.copyOf(flips, 2 * count);
        }
        flips[count++] = flip;
        lastTrusted = !lastTrusted;
    }

    public Text toText() {
        return string.isEmpty()
                ? Text.EMPTY
                : new Text(
                        string.toString(), firstTrusted, count == 0 ? Text.EMPTY.flips() : Arrays.copyOf(flips, count));
    }

    public Rendered toRendered() {
        List<Rendered.Segment> segments = new ArrayList<>(count + 1);
        boolean trusted = firstTrusted;
        int from = 0;
        for (int i = 0; i <= count; i++) {
            int end = i < count ? flips[i] : string.length();
            if (end > from) {
                segments.add(new Rendered.Segment(string.substring(from, end), trusted));
            }
            trusted = !trusted;
            from = end;
        }
        return new Rendered(segments);
    }
}
