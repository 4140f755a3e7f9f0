package dev.altiplano.server.api.record;

import dev.altiplano.engine.BitDigest;
import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.api.json.LogProbability;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What is kept of one choice, or of one embedding: its tokens and the bits of its numbers. Used by the request's thread. */
final class RecordedChoice {

    private final int index;
    private final BitDigest bits = new BitDigest();
    private int[] ids = new int[16];
    private int count;
    private @Nullable FinishReason finish;

    RecordedChoice(int index) {
        this.index = index;
    }

    void add(List<TokenScore> tokens) {
        for (TokenScore token : tokens) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = token.id();
            bits.add(LogProbability.finite(token.logprob()));
        }
    }

    void add(float[] vector) {
        for (float value : vector) {
            bits.add(value);
        }
    }

    void finish(FinishReason reason) {
        finish = reason;
    }

    /** Writes it; {@code texts} says whether tokens may be told. */
    void write(JsonGenerator out, boolean texts) {
        out.writeStartObject();
        out.writeNumberProperty("index", index);
        if (finish != null) {
            out.writeStringProperty("finish", finish.name().toLowerCase(Locale.ROOT));
        }
        out.writeNumberProperty("numbers", bits.count());
        out.writeStringProperty("bits", bits.text());
        if (texts && count > 0) {
            out.writeStringProperty("marks", bits.marks());
            out.writeName("ids");
            out.writeArray(ids, 0, count);
        }
        out.writeEndObject();
    }
}
