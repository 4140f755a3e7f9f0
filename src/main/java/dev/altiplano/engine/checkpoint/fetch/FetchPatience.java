package dev.altiplano.engine.checkpoint.fetch;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tries again what failed for a reason that may pass, with growing pauses; whatever makes progress may go on for ever. */
final class FetchPatience {

    /** Something that can break off. */
    interface Action<T> {
        T run() throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(FetchPatience.class.getName());

    private static final long LONGEST_PAUSE_MS = 30_000;
    private static final long LONGEST_WISH_MS = 300_000;

    private final FetchRequest request;
    private final BooleanSupplier stopped;

    FetchPatience(FetchRequest request, BooleanSupplier stopped) {
        this.request = request;
        this.stopped = stopped;
    }

    /**
     * Runs {@code action} until it succeeds; {@code position} grows with its progress.
     *
     * @throws FetchException after too many failures in a row, with the last reason
     */
    <T> T call(LongSupplier position, Action<T> action) throws IOException, InterruptedException {
        int failures = 0;
        while (true) {
            long before = position.getAsLong();
            long wishMs = 0;
            String reason;
            try {
                return action.run();
            } catch (FetchTransfer.ChangedException e) {
                throw e;
            } catch (FetchSource.PassingException e) {
                wishMs = Math.min(LONGEST_WISH_MS, e.waitMillis());
                reason = String.valueOf(e.getMessage());
            } catch (IOException e) {
                if (concernsCertificates(e)) {
                    throw new FetchException(
                            FetchRequest.shown(request.source()) + " does not prove who it is: " + e.getMessage());
                }
                reason = e.toString();
            }
            if (stopped.getAsBoolean()) {
                throw new InterruptedException("another range failed");
            }
            failures = position.getAsLong() > before ? 0 : failures + 1;
            if (failures >= request.attempts()) {
                String tries = failures == 1 ? "the only try failed" : failures + " tries in a row failed, the last";
                throw new FetchException(FetchRequest.shown(request.source()) + " could not be fetched, " + tries
                        + " because: " + reason
                        + ". What has come is kept: the next try goes on from there");
            }
            long pauseMs = Math.max(wishMs, pauseMs(failures));
            LOG.log(
                    Level.WARNING,
                    "{0} could not be fetched, because: {1}. The next try is in {2} s; {3} in a row without progress end it, so far {4}",
                    FetchRequest.shown(request.source()),
                    reason,
                    String.format(Locale.ROOT, "%.1f", pauseMs / 1e3),
                    request.attempts(),
                    failures);
            TimeUnit.MILLISECONDS.sleep(pauseMs);
        }
    }

    /** Other handshakes fail for reasons that may pass: a front end that is overloaded, a connection that is cut. */
    private static boolean concernsCertificates(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLPeerUnverifiedException || cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /** Doubles from failure to failure; half of it is left to chance, so that many do not come back at once. */
    private long pauseMs(int failures) {
        long most = Math.min(LONGEST_PAUSE_MS, request.backoff().toMillis() << Math.clamp(failures - 1, 0, 20));
        return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }
}
