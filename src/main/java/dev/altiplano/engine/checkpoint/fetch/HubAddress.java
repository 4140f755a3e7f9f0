package dev.altiplano.engine.checkpoint.fetch;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A model on a hub, written {@code hf:owner/name} or {@code hf:owner/name@revision}.
 *
 * @param endpoint the hub, without a slash at the end
 * @param revision a branch, a tag or a commit
 */
public record HubAddress(URI endpoint, String owner, String name, String revision) {

    public static final String SCHEME = "hf:";
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final String PART = "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
    private static final Pattern FORM =
            Pattern.compile("hf:(?://)?(" + PART + ")/(" + PART + ")(?:@([A-Za-z0-9_][A-Za-z0-9._/-]{0,127}))?");

    /** Reads an address; the hub is the one that {@code HF_ENDPOINT} names. */
    public static HubAddress of(String text, Map<String, String> environment) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || text.contains("..")) {
            throw new FetchException(
                    text + " names no model of a hub: write hf:OWNER/NAME, or hf:OWNER/NAME@REVISION for one version");
        }
        String stated = environment.getOrDefault("HF_ENDPOINT", "").strip();
        URI endpoint;
        try {
            endpoint = URI.create((stated.isEmpty() ? DEFAULT_ENDPOINT : stated).replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new FetchException("HF_ENDPOINT is not an address of a hub");
        }
        FetchRequest.checkScheme(endpoint, isPlainHttp(endpoint));
        return new HubAddress(
                endpoint, matcher.group(1), matcher.group(2), matcher.group(3) == null ? "main" : matcher.group(3));
    }

    /** Whether whoever set {@code HF_ENDPOINT} has chosen http for it. */
    public boolean allowsHttp() {
        return isPlainHttp(endpoint);
    }

    private static boolean isPlainHttp(URI endpoint) {
        return "http".equalsIgnoreCase(endpoint.getScheme());
    }

    /** Where the hub says which files there are. */
    URI listing() {
        return URI.create(
                endpoint + "/api/models/" + owner + "/" + name + "/revision/" + encoded(revision) + "?blobs=true");
    }

    /** Where a file of a commit is. */
    URI file(String commit, String path) {
        String encodedPath =
                Arrays.stream(path.split("/")).map(HubAddress::encoded).collect(Collectors.joining("/"));
        return URI.create(endpoint + "/" + owner + "/" + name + "/resolve/" + encoded(commit) + "/" + encodedPath);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return SCHEME + owner + "/" + name + "@" + revision;
    }
}
