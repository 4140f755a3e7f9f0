package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.TextPart;
import java.util.List;

/** The stretches of a text in which the spelling of a control token becomes that token. */
final class ControlSpans {

    static final ControlSpans NOWHERE = new ControlSpans(List.of());
    static final ControlSpans EVERYWHERE = new ControlSpans(List.of());

    /** Where each part ends; parts that both allow control tokens are one. */
    private final int[] ends;

    private final boolean[] allows;
    private int current;

    private ControlSpans(List<TextPart> parts) {
        ends = new int[parts.size()];
        allows = new boolean[parts.size()];
        int size = -1;
        int at = 0;
        for (TextPart part : parts) {
            at += part.text().length();
            if (size < 0 || allows[size] != part.controls()) {
                allows[++size] = part.controls();
            }
            ends[size] = at;
        }
        for (int i = size + 1; i < ends.length; i++) {
            ends[i] = Integer.MAX_VALUE;
        }
    }

    static ControlSpans of(List<TextPart> parts) {
        return parts.stream().anyMatch(TextPart::controls) ? new ControlSpans(parts) : NOWHERE;
    }

    boolean any() {
        return this != NOWHERE;
    }

    /** Whether all of {@code [from, end)} lies in one stretch; {@code from} does not decrease from call to call. */
    boolean hold(int from, int end) {
        if (this == EVERYWHERE) {
            return true;
        }
        while (current < ends.length && ends[current] <= from) {
            current++;
        }
        return current < ends.length && allows[current] && end <= ends[current];
    }
}
