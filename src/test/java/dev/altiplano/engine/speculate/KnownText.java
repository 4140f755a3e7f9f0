package dev.altiplano.engine.speculate;

import java.util.Arrays;

/** A sequence that will say a known text, so that drafts of it can be verified without a model. */
final class KnownText {

    /** The sequence's own tokens up to {@code length}, and what was drafted behind them. */
    final int[] tokens;

    private final int[] text;
    int length;
    int drafted;

    KnownText(int[] text, int promptLength) {
        this.text = text;
        tokens = Arrays.copyOf(text, text.length);
        length = promptLength;
    }

    /** Takes what was right of the draft and one token more; returns how many drafted tokens were right. */
    int verify() {
        int accepted = 0;
        while (accepted < drafted && tokens[length + accepted] == text[length + accepted]) {
            accepted++;
        }
        length += accepted + 1;
        System.arraycopy(text, 0, tokens, 0, length);
        return accepted;
    }
}
