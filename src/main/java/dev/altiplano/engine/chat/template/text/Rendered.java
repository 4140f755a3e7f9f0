package dev.altiplano.engine.chat.template.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A rendered prompt as pieces in order. Control tokens may be read in trusted segments alone; neighbours differ in trust, and
 * none is empty.
 */
public record Rendered(List<Segment> segments) {

    /** Text written by one side: the template (trusted), or whoever sent the request. */
    public record Segment(String text, boolean trusted) {}

    public Rendered {
        segments = List.copyOf(segments);
    }

    /** The whole text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Segment segment : segments) {
            text.append(segment.text());
        }
        return text.toString();
    }

    /** The first {@code length} UTF-16 units. */
    public Rendered first(int length) {
        List<Segment> kept = new ArrayList<>();
        int left = length;
        for (Segment segment : segments) {
            if (left <= 0) {
                break;
            }
            String text = segment.text();
            kept.add(text.length() <= left ? segment : new Segment(text.substring(0, left), segment.trusted()));
            left -= text.length();
        }
        return new Rendered(kept);
    }
}
