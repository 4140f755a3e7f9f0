package dev.altiplano.engine.checkpoint.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is to be fetched, and how much patience there is.
 *
 * @param source https address, or http where {@code allowHttp} says so
 * @param folder where the file goes; made where it does not exist
 * @param name the file's name in it
 * @param sha256 its checksum in lower-case hex; null trusts what comes
 * @param allowHttp whether http is accepted, for the address and for redirects
 * @param bearerToken sent to the address's own host only; null sends none
 * @param maxBytes a larger file is refused
 * @param parallel ranges fetched at the same time
 * @param partBytes length of a range
 * @param attempts tries without any progress until a range is given up
 * @param backoff pause after the first failed try; doubled after each further one, up to 30 s
 * @param silence longest time to wait for a connection or for the next bytes
 */
public record FetchRequest(
        URI source,
        Path folder,
        String name,
        @Nullable String sha256,
        boolean allowHttp,
        @Nullable String bearerToken,
        long maxBytes,
        int parallel,
        long partBytes,
        int attempts,
        Duration backoff,
        Duration silence) {

    public FetchRequest {
        checkScheme(source, allowHttp);
        if (!name.matches("[^/\\\\\\x00-\\x1f]{1,255}") || name.startsWith(".")) {
            throw new FetchException(
                    "cannot name a file \"" + name + "\": choose one without a slash or a leading dot");
        }
        if (sha256 != null) {
            sha256 = sha256.toLowerCase(Locale.ROOT);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new FetchException("sha256 is " + sha256 + ": a SHA-256 has 64 hexadecimal digits");
            }
        }
        if (parallel < 1 || parallel > 64) {
            throw new FetchException("parallel is " + parallel + ": must be 1 to 64");
        }
        if (attempts < 1 || partBytes < 1 || maxBytes < 1) {
            throw new FetchException("attempts, part size and largest size must be 1 or more");
        }
    }

    /** Refuses what is neither https nor, where allowed, http. */
    static void checkScheme(URI address, boolean allowHttp) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (address.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new FetchException(shown(address) + " is not an https address");
        }
        if (scheme.equals("http") && !allowHttp) {
            throw new FetchException(shown(address)
                    + " is http, where anybody on the way can change the file: use https, or say --allow-http");
        }
    }

    /** The file's name as the address ends. */
    public static String nameOf(URI source) {
        String path = source.getPath() == null ? "" : source.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** An address for messages: queries and user names often carry secrets. */
    public static String shown(URI address) {
        if (address.getHost() == null) {
            return "the address";
        }
        return address.getScheme() + "://" + address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort())
                + (address.getRawPath() == null ? "" : address.getRawPath());
    }

    public Path target() {
        return folder.resolve(name);
    }

    /** What has come so far. */
    Path part() {
        return folder.resolve("." + name + ".part");
    }

    /** Which ranges of it have come. */
    Path state() {
        return folder.resolve("." + name + ".part.state");
    }

    /** Held by the process that fetches. */
    Path lock() {
        return folder.resolve("." + name + ".lock");
    }
}
