package dev.altiplano.server.api.resume;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.error.ApiException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A choice on its way to the client: takes what the engine says of it, gives back what has not been sent, and keeps count. What was sent
 * before must be what is computed now, or {@link ApiException} 409 says that it is not.
 */
public final class ChoiceProgress {

    private final ChoicePosition sent;
    private final CRC32C text = new CRC32C();
    private final CRC32C scores = new CRC32C();
    private boolean begun;
    private boolean finished;
    private int characters;
    private int pieces;
    private int scored;

    ChoiceProgress(ChoicePosition sent) {
        this.sent = sent;
    }

    /** Its first chunk comes; returns whether it is new. */
    public boolean begin() {
        begun = true;
        return !sent.begun();
    }

    /** More text; returns the end of it that is new. */
    public String text(String more) {
        int count = more.codePointCount(0, more.length());
        int old = Math.min(count, Math.max(0, sent.characters() - characters));
        int cut = more.offsetByCodePoints(0, old);
        take(more.substring(0, cut));
        characters += old;
        if (cut < more.length()) {
            requireAllTextSent();
            take(more.substring(cut));
            characters += count - old;
        }
        return more.substring(cut);
    }

    /** Something that goes out whole, in its place among the text; returns whether it is new. */
    public boolean piece(String whole) {
        boolean fresh = pieces >= sent.pieces();
        if (fresh) {
            requireAllTextSent();
        }
        take(whole);
        pieces++;
        return fresh;
    }

    /** Further scores; returns those that are new. */
    public List<TokenScore> scores(List<TokenScore> more) {
        int old = Math.min(more.size(), Math.max(0, sent.scores() - scored));
        for (int i = 0; i < more.size(); i++) {
            if (i == old) {
                requireAllScoresSent();
            }
            byte[] bits = new byte[Double.BYTES];
            ByteBuffer.wrap(bits).putDouble(more.get(i).logprob());
            scores.update(bits);
            scored++;
        }
        return more.subList(old, more.size());
    }

    /** It is complete; returns whether its finish reason is new. */
    public boolean finish() {
        if (characters < sent.characters() || pieces < sent.pieces() || scored < sent.scores()) {
            throw beyond();
        }
        if (characters == sent.characters() && pieces == sent.pieces() && (int) text.getValue() != sent.textDigest()
                || scored == sent.scores() && (int) scores.getValue() != sent.scoreDigest()) {
            throw differs();
        }
        finished = true;
        return !sent.finished();
    }

    ChoicePosition position() {
        return new ChoicePosition(
                begun || sent.begun(),
                finished || sent.finished(),
                Math.max(characters, sent.characters()),
                Math.max(pieces, sent.pieces()),
                Math.max(scored, sent.scores()),
                characters < sent.characters() || pieces < sent.pieces() ? sent.textDigest() : (int) text.getValue(),
                scored < sent.scores() ? sent.scoreDigest() : (int) scores.getValue());
    }

    private void take(String part) {
        if (!part.isEmpty()) {
            text.update(part.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Text or a piece that is new comes behind all that was sent, and nowhere else. */
    private void requireAllTextSent() {
        boolean first = characters == sent.characters() && pieces == sent.pieces();
        if (sent.finished()
                || characters < sent.characters()
                || pieces < sent.pieces()
                || first && (int) text.getValue() != sent.textDigest()) {
            throw differs();
        }
    }

    private void requireAllScoresSent() {
        if (sent.finished() || scored == sent.scores() && (int) scores.getValue() != sent.scoreDigest()) {
            throw differs();
        }
    }

    private static ApiException differs() {
        return ApiException.of(
                409,
                "answer_differs",
                EventId.HEADER,
                "What was sent before is not what is computed here: the answer was begun with another model, other settings or, "
                        + "without altiplano.engine.one-rule, on another kind of processor. Begin again without "
                        + EventId.HEADER);
    }

    private static ApiException beyond() {
        return ApiException.invalid(
                EventId.HEADER, "invalid_event_id", EventId.HEADER + " lies beyond the end of the answer");
    }
}
