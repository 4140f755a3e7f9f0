package dev.altiplano.tool.replay;

import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The service that recorded requests are sent to. Thread-safe. */
final class ReplayTarget implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_BYTES = 256 << 20;
    private static final int MAX_MESSAGE = 300;
    private static final int ATTEMPTS = 10;
    private static final int MAX_PAUSE_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final URI base;
    private final @Nullable String key;
    private final Map<String, String> fingerprints = new ConcurrentHashMap<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /**
     * @param base up to and without {@code /v1}
     * @param key sent as a bearer token; null sends none
     */
    ReplayTarget(URI base, @Nullable String key) {
        String root = base.toString().replaceAll("(/v1)?/?$", "");
        if (!root.matches("https?://.+")) {
            throw new ToolException(base + ": must begin with http:// or https://");
        }
        this.base = URI.create(root);
        this.key = key;
    }

    /** The fingerprint that its own model's answers have, {@code fp_} and eight hexadecimal digits. */
    String fingerprint() throws InterruptedException {
        try {
            Answer answer = post("/v1/completions", askingForNothing(""), null);
            String fingerprint = fingerprint(answer);
            if (fingerprint == null) {
                throw new ToolException(base + " tells no fingerprint: " + answer.message());
            }
            return fingerprint;
        } catch (IOException e) {
            String why = e.getMessage() == null ? "" : ": " + e.getMessage();
            throw new ToolException(base + " cannot be reached" + why);
        }
    }

    /**
     * The fingerprint of answers of {@code model}, which may be an adapter.
     *
     * @throws IOException where the service tells none, in its words
     */
    String fingerprint(String model) throws IOException, InterruptedException {
        String known = fingerprints.get(model);
        if (known == null) {
            Answer answer = post("/v1/completions", askingForNothing(model), null);
            known = fingerprint(answer);
            if (known == null) {
                throw new IOException("the fingerprint of \"" + model + "\" is not known: " + answer.message());
            }
            fingerprints.put(model, known);
        }
        return known;
    }

    private static byte[] askingForNothing(String model) {
        ObjectNode body = JSON.createObjectNode();
        if (!model.isEmpty()) {
            body.put("model", model);
        }
        body.putArray("prompt").add(1);
        return JSON.writeValueAsBytes(body.put("max_tokens", 0));
    }

    private static @Nullable String fingerprint(Answer answer) {
        String fingerprint = answer.json().path("system_fingerprint").asString("");
        return answer.status() == 200 && fingerprint.matches("fp_[0-9a-f]{8}") ? fingerprint : null;
    }

    /** Sends {@code body} for {@code request} to this service, whose fingerprint is {@code own}. */
    Answer ask(RecordedRequest request, ReplayBody body, String own) throws IOException, InterruptedException {
        int fingerprint = Integer.parseUnsignedInt(own.substring("fp_".length()), 16);
        return post(body.route(), body.json(), body.eventId(request, fingerprint));
    }

    private Answer post(String path, byte[] json, @Nullable String eventId) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (eventId != null) {
            request.header("Last-Event-ID", eventId);
        }
        for (int attempt = 1; ; attempt++) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            Answer answer = new Answer(response.statusCode(), read(response.body()));
            String pause = response.headers().firstValue("Retry-After").orElse("");
            if (attempt == ATTEMPTS || !pause.matches("[0-9]{1,4}")) {
                return answer;
            }
            Thread.sleep(Duration.ofSeconds(Math.min(MAX_PAUSE_SECONDS, Math.max(1, Integer.parseInt(pause)))));
        }
    }

    private static JsonNode read(InputStream body) throws IOException {
        try (body) {
            return JSON.readTree(body.readNBytes(MAX_BYTES));
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** A status and a body. */
    record Answer(int status, JsonNode json) {

        /** What went wrong, in the service's words. */
        String message() {
            String text = json.path("error").path("message").asString("");
            return "it answers " + status
                    + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(MAX_MESSAGE, text.length())));
        }

        List<Choice> choices() {
            List<Choice> choices = new ArrayList<>();
            for (JsonNode choice : json.path("choices")) {
                choices.add(Choice.answered(choice));
            }
            for (JsonNode embedding : json.path("data")) {
                choices.add(Choice.embedding(
                        embedding.path("index").asInt(0),
                        embedding.path("embedding").asString("")));
            }
            return choices;
        }
    }
}
