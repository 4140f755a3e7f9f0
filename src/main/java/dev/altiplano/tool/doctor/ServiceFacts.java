package dev.altiplano.tool.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The state of a running service, as its own routes tell it. */
record ServiceFacts(URI base, @Nullable String key) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> TOLD =
            List.of("/version", "/actuator/info", "/actuator/health/liveness", "/actuator/health/readiness", "/load");
    private static final Pattern METRICS = Pattern.compile(
            "(?:altiplano_(?:requests?_(?:total|refused|timeouts|waiting|running)|load_|preemptions|kv_usage|keys_|api_keys|recorded)"
                    + "|process_(?:uptime|resident|files)|jvm_memory_used_bytes).*");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 4 << 20;

    void find(Report.Section to) throws IOException {
        to.add("address", base);
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            for (String path : TOLD) {
                flatten(path, json(get(client, path)), to);
            }
            get(client, "/actuator/prometheus")
                    .lines()
                    .filter(line -> METRICS.matcher(line).matches())
                    .forEach(line -> {
                        int space = line.lastIndexOf(' ');
                        to.add(line.substring(0, space), line.substring(space + 1));
                    });
        }
    }

    private String get(HttpClient client, String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(base.toString().replaceAll("(/v1)?/?$", "") + path))
                .timeout(PATIENCE);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                return new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.getNodeFactory().stringNode("no JSON");
        }
    }

    private static void flatten(String name, JsonNode node, Report.Section to) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                flatten(
                        name + (name.startsWith("/") && !name.contains(" ") ? " " : ".") + field.getKey(),
                        field.getValue(),
                        to);
            }
        } else {
            to.add(name, node.isString() ? node.asString() : node.toString());
        }
    }
}
