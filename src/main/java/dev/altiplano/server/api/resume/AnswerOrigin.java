package dev.altiplano.server.api.resume;

import dev.altiplano.server.api.error.ApiException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an answer begins from beside its request: enough to compute it again. One that goes on has that of its beginning.
 */
public final class AnswerOrigin {

    /** The header that asks for the rest of an answer. */
    public static final String HEADER = EventId.HEADER;

    private static final int SHORT_ID = 9;
    private static final int LONG_ID = 24;

    private final int fingerprint;
    private final long request;
    private final UUID answer;
    private final long created;
    private final @Nullable EventId last;

    /**
     * @param fingerprint of this service
     * @param request digest of the request's path and body
     * @param answer where its ids and, without a seed of the client's, its random numbers come from
     * @param created when it began, seconds since 1970
     * @param last the id of the last event that the client has; null for an answer that begins
     */
    private AnswerOrigin(int fingerprint, long request, UUID answer, long created, @Nullable EventId last) {
        this.fingerprint = fingerprint;
        this.request = request;
        this.answer = answer;
        this.created = created;
        this.last = last;
    }

    /**
     * The origin of the answer to a request.
     *
     * @param path the endpoint's
     * @param body digest of the body
     * @param beginning taken for an answer that begins
     * @param lastEventId the header's value, null for none
     * @throws ApiException 400 where the id is none of ours or belongs to another request, 409 where other numbers are computed here
     */
    public static AnswerOrigin of(
            int fingerprint, String path, long body, Beginning beginning, @Nullable String lastEventId) {
        long request = request(path, body);
        if (lastEventId == null || lastEventId.isEmpty()) {
            return new AnswerOrigin(fingerprint, request, beginning.answer(), beginning.created(), null);
        }
        EventId last = EventId.parse(lastEventId);
        if (last.request() != request) {
            throw ApiException.invalid(
                    HEADER,
                    "event_of_another_request",
                    HEADER + " belongs to another request: send the body of the original request, byte by byte");
        }
        if (last.fingerprint() != fingerprint) {
            throw ApiException.of(
                    409,
                    "other_fingerprint",
                    HEADER,
                    String.format(
                            "The answer was begun by a service with fingerprint fp_%08x, and this one has fp_%08x: what it computes"
                                    + " differs. Ask a replica of the same model, settings and kind of machine, or begin again without %s",
                            last.fingerprint(), fingerprint, HEADER));
        }
        return new AnswerOrigin(fingerprint, request, last.answer(), last.created(), last);
    }

    /** Digest of a request's path and body. */
    static long request(String path, long body) {
        return 31 * body + path.hashCode();
    }

    /** OpenAI's {@code system_fingerprint} of the service that computes it. */
    public String fingerprint() {
        return String.format("fp_%08x", fingerprint);
    }

    /** When it began, seconds since 1970. */
    public long created() {
        return created;
    }

    /** Whether some of it has been sent. */
    public boolean continues() {
        return last != null;
    }

    /** The seed of an answer whose client named none. */
    public long seed() {
        return mix(answer.getMostSignificantBits() + mix(answer.getLeastSignificantBits()));
    }

    /** The answer's id, behind what ids of its kind begin with. */
    public String id() {
        return hex(answer.getMostSignificantBits()) + hex(answer.getLeastSignificantBits());
    }

    /** The id of a tool call, of letters and digits: nine where {@code brief}. */
    public String callId(int choice, int call, boolean brief) {
        long first = mix(answer.getLeastSignificantBits() + mix(((long) choice << Integer.SIZE) + call));
        String random = hex(first) + hex(mix(first + answer.getMostSignificantBits()));
        return brief ? random.substring(0, SHORT_ID) : "call_" + random.substring(0, LONG_ID);
    }

    /** How far a stream of {@code choices} choices is, which begins where the last one ended. */
    public StreamProgress progress(int choices) {
        List<ChoicePosition> sent = last == null ? List.of() : last.choices();
        if (last != null && sent.size() != choices) {
            throw ApiException.invalid(HEADER, "invalid_event_id", HEADER + " is of a stream with other choices");
        }
        return new StreamProgress(this, choices, sent, last != null && last.usage());
    }

    /** The id of an event after which {@code choices} and {@code usage} have been sent. */
    EventId event(List<ChoicePosition> choices, boolean usage) {
        return new EventId(fingerprint, request, answer, created, usage, choices);
    }

    private static String hex(long bits) {
        return String.format("%016x", bits);
    }

    /** SplitMix64's. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
