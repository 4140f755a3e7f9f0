package dev.altiplano.server.api.resume;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Names that clients give to requests, so that one which is sent again gets the same answer. The answer is computed again, from a
 * beginning that follows from the API key, the name, the path and the body alone: any replica gives the same one, and none has to keep it. What
 * is remembered for a day of no more than {@code altiplano.api.idempotency-keys} names is what was asked with each of them, when, and
 * whether that runs; names of requests that run are never forgotten, of which there are no more than the queue and the batch hold.
 * Thread-safe.
 */
@Component
public final class IdempotencyKeys {

    /** The header with a name. */
    static final String HEADER = "Idempotency-Key";

    private static final int MAX_CHARACTERS = 255;
    private static final Duration SOON = Duration.ofSeconds(1);

    private record Name(String apiKey, String name) {}

    /** What was asked with a name first. */
    private static final class Use {
        private final long request;
        private final long created;
        private boolean running = true;
        private boolean accepted;

        Use(long request, long created) {
            this.request = request;
            this.created = created;
        }
    }

    private final int maximum;
    /** By age, the oldest first. */
    private final Map<Name, Use> uses = new LinkedHashMap<>();

    @Autowired
    IdempotencyKeys(AltiplanoProperties properties) {
        this(properties.api().idempotencyKeys());
    }

    /** @param maximum names that are remembered; 0 where the header counts for nothing */
    IdempotencyKeys(int maximum) {
        this.maximum = maximum;
    }

    /** The name that {@code request} has, if any; one that goes on behind an event has its beginning from there. */
    public NamedRequest of(HttpServletRequest request) {
        String lastEvent = request.getHeader(EventId.HEADER);
        boolean begins = lastEvent == null || lastEvent.isEmpty();
        return named(Caller.of(request).key(), begins ? request.getHeader(HEADER) : null);
    }

    NamedRequest named(String apiKey, @Nullable String name) {
        return new NamedRequest(maximum == 0 || name == null || name.isEmpty() ? null : new Name(apiKey, name));
    }

    private synchronized Use begin(Name name, long request, long nowSeconds) {
        forgetOld(nowSeconds);
        Use use = uses.get(name);
        if (use == null) {
            forgetOldest(maximum - 1);
            use = new Use(request, nowSeconds);
            uses.put(name, use);
            return use;
        }
        if (use.request != request) {
            throw ApiException.of(
                    422,
                    "idempotency_key_reused",
                    HEADER,
                    "This " + HEADER
                            + " came with another request before: send the same body to the same path, or take a new key for a new request");
        }
        if (use.running) {
            throw ApiException.retry(
                    409,
                    "invalid_request_error",
                    "idempotency_key_in_use",
                    "The request with this " + HEADER + " is being answered: ask again when it is over",
                    SOON);
        }
        use.running = true;
        return use;
    }

    private void forgetOld(long nowSeconds) {
        Iterator<Use> oldest = uses.values().iterator();
        while (oldest.hasNext()) {
            Use use = oldest.next();
            if (nowSeconds - use.created < Duration.ofDays(1).toSeconds()) {
                return;
            }
            if (!use.running) {
                oldest.remove();
            }
        }
    }

    /** Forgets names whose requests are over, the oldest first, until {@code kept} are left or all others run. */
    private void forgetOldest(int kept) {
        Iterator<Use> oldest = uses.values().iterator();
        while (uses.size() > kept && oldest.hasNext()) {
            if (!oldest.next().running) {
                oldest.remove();
            }
        }
    }

    private synchronized void accept(Use use) {
        use.accepted = true;
    }

    private synchronized void end(Name name, Use use) {
        use.running = false;
        if (!use.accepted) {
            uses.remove(name, use);
        }
    }

    /** A request with its name, or without one; used by its thread. */
    public final class NamedRequest implements AutoCloseable {

        private final @Nullable Name name;
        private @Nullable Use use;

        private NamedRequest(@Nullable Name name) {
            this.name = name;
        }

        /**
         * What its answer begins from.
         *
         * @param path the endpoint's
         * @param body digest of the body
         * @param otherwise taken where it has no name
         * @throws ApiException 400 for a name that is too long, 422 where another request had it, 409 where the first one runs
         */
        public Beginning begin(String path, long body, Beginning otherwise) {
            if (name == null) {
                return otherwise;
            }
            if (name.name.length() > MAX_CHARACTERS) {
                throw ApiException.invalid(HEADER, HEADER + " is longer than " + MAX_CHARACTERS + " characters");
            }
            long request = AnswerOrigin.request(path, body);
            use = IdempotencyKeys.this.begin(name, request, otherwise.created());
            String all = name.apiKey + '\0' + name.name + '\0' + request;
            return Beginning.of(all.getBytes(StandardCharsets.UTF_8), use.created);
        }

        /** It is computed: from now on the name is this request's. */
        public void accept() {
            if (use != null) {
                IdempotencyKeys.this.accept(use);
            }
        }

        /** It is over, which counts the first time only; a name that came with what was refused is free again. */
        @Override
        public void close() {
            if (name != null && use != null) {
                end(name, use);
                use = null;
            }
        }
    }
}
