package dev.altiplano.engine.checkpoint.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a fetch: opens the file or a range of it, follows redirects by our rules (never from https to http,
 * the token never to another host), and sorts failures into those that pass and those that stay.
 */
final class FetchSource {

    /** A failure that another try may not meet. */
    static final class PassingException extends IOException {
        private static final long serialVersionUID = 1;
        private final long waitMillis;

        PassingException(String message, long waitMillis) {
            super(message);
            this.waitMillis = waitMillis;
        }

        /** How long the server asks to wait. */
        long waitMillis() {
            return waitMillis;
        }
    }

    /**
     * An open reply.
     *
     * @param body positioned at {@code start}; closing it closes the connection
     * @param start offset in the file of the body's first byte
     * @param totalBytes length of the whole file; -1 where the server does not say
     * @param ranged whether the server answered with the range that was asked for
     * @param validator ETag or date that tells this version of the file from others; empty where there is none
     */
    record Reply(InputStream body, long start, long totalBytes, boolean ranged, String validator) {}

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final int MAX_REDIRECTS = 5;

    private final FetchRequest request;
    private final FetchNetwork network;

    FetchSource(FetchRequest request, FetchNetwork network) {
        this.request = request;
        this.network = network;
    }

    /**
     * Opens {@code [start, end)}; {@code validator}, where not empty, must still be the file's.
     *
     * @throws FetchException what another try would meet again
     */
    Reply open(long start, long end, String validator) throws IOException {
        URI address = request.source();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpURLConnection connection = connect(address, start, end, validator);
            int status = connection.getResponseCode();
            if (!REDIRECTS.contains(status)) {
                return reply(connection, status, start, end);
            }
            address = redirected(address, connection.getHeaderField("Location"));
            connection.disconnect();
        }
        throw new FetchException(
                FetchRequest.shown(request.source()) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpURLConnection connect(URI address, long start, long end, String validator) throws IOException {
        HttpURLConnection connection = network.connect(address);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) request.silence().toMillis());
        connection.setReadTimeout((int) request.silence().toMillis());
        connection.setRequestProperty("Range", "bytes=" + start + "-" + (end - 1));
        // The bytes as they are: a compressed transfer has neither our length nor our offsets.
        connection.setRequestProperty("Accept-Encoding", "identity");
        connection.setRequestProperty("User-Agent", "altiplano");
        if (!validator.isEmpty()) {
            connection.setRequestProperty("If-Range", validator);
        }
        if (request.bearerToken() != null && sameOrigin(address, request.source())) {
            connection.setRequestProperty("Authorization", "Bearer " + request.bearerToken());
        }
        return connection;
    }

    private URI redirected(URI from, @Nullable String location) {
        if (location == null) {
            throw new FetchException(FetchRequest.shown(from) + " redirects without saying where");
        }
        URI to;
        try {
            to = from.resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw new FetchException(FetchRequest.shown(from) + " redirects to what is not an address");
        }
        if ("https".equalsIgnoreCase(from.getScheme()) && "http".equalsIgnoreCase(to.getScheme())) {
            throw new FetchException(
                    FetchRequest.shown(from) + " redirects from https to http (" + FetchRequest.shown(to)
                            + "), where anybody on the way can change the file: use an address that stays with https");
        }
        FetchRequest.checkScheme(to, request.allowHttp());
        return to;
    }

    private Reply reply(HttpURLConnection connection, int status, long start, long end) throws IOException {
        String validator = validator(connection);
        if (status == 200) {
            return new Reply(connection.getInputStream(), 0, connection.getContentLengthLong(), false, validator);
        }
        String where = FetchRequest.shown(request.source());
        if (status == 206) {
            String range = connection.getHeaderField("Content-Range");
            Matcher matcher = CONTENT_RANGE.matcher(range == null ? "" : range);
            if (!matcher.matches()) {
                connection.disconnect();
                throw new PassingException(where + " answers 206 with Content-Range " + range, 0);
            }
            long first = Long.parseLong(matcher.group(1));
            long last = Long.parseLong(matcher.group(2));
            long total = Long.parseLong(matcher.group(3));
            if (first != start || last < first || last >= Math.min(end, total)) {
                connection.disconnect();
                throw new PassingException(
                        where + " was asked for bytes " + start + " to " + (end - 1) + " and sends " + range, 0);
            }
            return new Reply(connection.getInputStream(), first, total, true, validator);
        }
        long wait = retryAfterMillis(connection.getHeaderField("Retry-After"));
        connection.disconnect();
        if (status == 416 && start == 0) {
            // No first byte to give: the file is empty.
            return new Reply(InputStream.nullInputStream(), 0, 0, true, validator);
        }
        if (PASSING.contains(status)) {
            throw new PassingException(where + " answers " + status, wait);
        }
        throw new FetchException(where + " answers " + status
                + switch (status) {
                    case 401, 403 -> ": the token or the signed address is missing, wrong or has expired";
                    case 404, 410 -> ": there is no such file";
                    default -> "";
                });
    }

    private static String validator(HttpURLConnection connection) {
        String tag = connection.getHeaderField("ETag");
        if (tag != null && tag.startsWith("\"")) {
            return tag;
        }
        String date = connection.getHeaderField("Last-Modified");
        return date == null ? "" : date;
    }

    private static long retryAfterMillis(@Nullable String header) {
        return header != null && header.matches("\\d{1,4}") ? 1000L * Integer.parseInt(header) : 0;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }
}
