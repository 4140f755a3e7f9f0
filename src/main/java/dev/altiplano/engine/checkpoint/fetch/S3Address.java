package dev.altiplano.engine.checkpoint.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public object of an S3 store, {@code s3://bucket/key}, as the https address that serves it. Nothing is signed: for a private
 * object take a presigned https address.
 */
public final class S3Address {

    private static final Pattern FORM = Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.{1,1024})");

    private S3Address() {}

    /** The address at the store that {@code AWS_ENDPOINT_URL} names, or at Amazon's in {@code AWS_REGION}. */
    public static URI https(String text, Map<String, String> environment) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new FetchException(text + " names no object: write s3://BUCKET/KEY");
        }
        String endpoint =
                environment.getOrDefault("AWS_ENDPOINT_URL_S3", environment.getOrDefault("AWS_ENDPOINT_URL", ""));
        String region =
                environment.getOrDefault("AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", "us-east-1"));
        String base = endpoint.isBlank()
                ? "https://s3." + region + ".amazonaws.com"
                : endpoint.strip().replaceAll("/+$", "");
        try {
            return new URI(
                    base + "/" + matcher.group(1) + "/" + matcher.group(2).replace(" ", "%20"));
        } catch (URISyntaxException e) {
            throw new FetchException(text + " is not an address: " + e.getReason());
        }
    }
}
