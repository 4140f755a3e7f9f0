package dev.altiplano.evaluation;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request to a server that ends with the whole reply, or when its time is over: the client's own limit ends with the head. */
public final class TimedExchange {

    private TimedExchange() {}

    /**
     * The reply.
     *
     * @param body must hold the whole body, as those of bytes and strings do
     * @throws HttpTimeoutException where it was not complete in time
     */
    public static <T> HttpResponse<T> send(
            HttpClient client, HttpRequest request, HttpResponse.BodyHandler<T> body, Duration limit)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> reply = client.sendAsync(request, body);
        try {
            return reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("the reply was not complete after " + limit.toMillis() / 1000.0 + " s");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case IOException failed -> failed;
                case null, default -> new IOException(e.getCause());
            };
        } finally {
            reply.cancel(true);
        }
    }
}
