package dev.altiplano.server.security;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Who asks: the name beside a key with what its requests take now, or, where no keys are configured, an address. Thread-safe. */
public final class Caller {

    private static final String ATTRIBUTE = Caller.class.getName();
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String key;
    private final String turn;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final TokenBudget budget;
    private volatile KeyLimits limits;

    private Caller(String key, String turn, KeyLimits limits) {
        this.key = key;
        this.turn = turn;
        this.limits = limits;
        budget = new TokenBudget(limits.tokensPerMinute(), System.nanoTime());
    }

    static Caller of(KeyFile.Entry entry) {
        return new Caller(entry.name(), entry.name(), entry.limits());
    }

    /** The caller that {@link #attach} has put to {@code request}; without one, its address. */
    public static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller caller
                ? caller
                : new Caller("", request.getRemoteAddr(), KeyLimits.NONE);
    }

    /** Makes this the caller of {@code request}. */
    public void attach(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The name beside the key; empty without keys. */
    public String key() {
        return key;
    }

    /** Whose turn its requests take in the queue. */
    public String turn() {
        return turn;
    }

    /** How its requests rank in the queue; higher goes first. */
    public int priority() {
        return limits.priority();
    }

    /**
     * Takes one more request in.
     *
     * @throws LimitException when as many are waiting or running as may
     */
    public Admission admit() {
        int max = limits.requests();
        if (inFlight.incrementAndGet() > max && max > 0) {
            inFlight.decrementAndGet();
            throw new LimitException("This key may have " + max + " requests waiting or running at a time", SOON);
        }
        return new Admission(this);
    }

    /** What it may take, and what is left of that now. */
    public RateLimits rateLimits() {
        KeyLimits now = limits;
        long level = budget.level(System.nanoTime());
        long missing = Math.max(0, now.tokensPerMinute() - level);
        return new RateLimits(
                now.requests(),
                Math.max(0, now.requests() - inFlight.get()),
                now.tokensPerMinute(),
                Math.max(0, level),
                now.tokensPerMinute() == 0 ? 0 : Math.ceilDiv(missing * 60, now.tokensPerMinute()));
    }

    void left() {
        inFlight.decrementAndGet();
    }

    void take(long tokens) {
        Duration wait = budget.take(tokens, System.nanoTime());
        if (wait.isPositive()) {
            throw new LimitException(
                    "This key may use " + limits.tokensPerMinute() + " tokens per minute, prompt and completion", wait);
        }
    }

    void putBack(long tokens) {
        budget.putBack(tokens, System.nanoTime());
    }

    /** Changes what it may take; what it takes now stays counted. */
    void limit(KeyLimits newLimits) {
        limits = newLimits;
        budget.limit(newLimits.tokensPerMinute(), System.nanoTime());
    }
}
