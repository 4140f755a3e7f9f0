package dev.altiplano.server.mix;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A client that has one stream after another, and measures the gaps in them. */
final class Victim {

    private final HttpClient client;
    private final HttpRequest request;

    Victim(HttpClient client, URI completions, String key, int tokens) {
        this.client = client;
        request = HttpRequest.newBuilder(completions)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Once upon a time\",\"max_tokens\":" + tokens
                        + ",\"ignore_eos\":true,\"stream\":true,\"seed\":1}"))
                .build();
    }

    /**
     * Takes streams while {@code goOn}, at least one.
     *
     * @param reference the bytes that all of them have without their ids and times; empty before the first
     * @return what they have
     */
    String stream(Gaps gaps, BooleanSupplier goOn, String reference) throws IOException, InterruptedException {
        String expected = reference;
        do {
            String texts = once(gaps);
            if (!expected.isEmpty() && !texts.equals(expected)) {
                throw new AssertionError("a stream differs from the first:\n" + texts + "\n" + expected);
            }
            expected = texts;
        } while (goOn.getAsBoolean());
        return expected;
    }

    private String once(Gaps gaps) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new AssertionError("status " + response.statusCode());
        }
        StringBuilder texts = new StringBuilder();
        try (Stream<String> lines = response.body()) {
            long last = 0;
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                String line = each.next();
                if (line.startsWith("data: ")) {
                    long now = System.nanoTime();
                    if (last != 0) {
                        gaps.add(now - last);
                    }
                    last = now;
                    texts.append(text(line));
                }
            }
        }
        if (!texts.toString().endsWith("[DONE]")) {
            throw new AssertionError("a stream did not come to its end: " + texts);
        }
        return texts.toString();
    }

    /** What does not differ between two streams: how deltas are joined may. */
    private static String text(String line) {
        if (line.contains("\"error\"") || line.endsWith("[DONE]")) {
            return line;
        }
        String begin = "\"text\":\"";
        int from = line.indexOf(begin) + begin.length();
        int to = from;
        while (line.charAt(to) != '"') {
            to += line.charAt(to) == '\\' ? 2 : 1;
        }
        return line.substring(from, to);
    }
}
