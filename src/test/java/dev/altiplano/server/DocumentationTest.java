package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** What is written about the API must be so: examples run, descriptions name what is there. */
class DocumentationTest {

    private static final Pattern CURL =
            Pattern.compile("^curl (?:-N )?(?:-s )?http://localhost:8080(/\\S*)((?: -H '[^']+')*)(?: -d '([^']+)')?$");

    private static final Pattern METRIC = Pattern.compile("`((?:altiplano_|vllm:)\\w+)(?:\\{[^}]*})?`");

    private static final Pattern HEADER = Pattern.compile(" -H '([^':]+): ([^']+)'");

    private final TestServer server = TestServer.shared();

    @Test
    void examplesRun() throws IOException {
        int examples = 0;
        for (String file : List.of("docs/api.md", "README.md")) {
            if (!Files.exists(Path.of(file))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(file))) {
                if (!line.startsWith("curl ") || !line.contains("http://localhost:8080/")) {
                    continue;
                }
                Matcher curl = CURL.matcher(line);
                assertThat(curl.find()).as("%s: %s", file, line).isTrue();
                String[] headers = headers(curl.group(2));
                String body = curl.group(3);
                HttpResponse<String> response =
                        body == null ? server.get(curl.group(1), headers) : server.post(curl.group(1), body, headers);
                assertThat(response.statusCode())
                        .as("%s: %s: %s", file, line, response.body())
                        .isEqualTo(200);
                if (body != null && body.contains("\"stream\": true")) {
                    assertThat(TestServer.events(response.body())).isNotEmpty();
                }
                examples++;
            }
        }
        assertThat(examples).isGreaterThan(10);
    }

    /** Names and values, without that of the body's type, which is sent in any case. */
    private static String[] headers(String options) {
        List<String> headers = new ArrayList<>();
        Matcher header = HEADER.matcher(options);
        while (header.find()) {
            if (header.group(1).equals("Content-Type")) {
                assertThat(header.group(2)).isEqualTo("application/json");
            } else {
                headers.add(header.group(1));
                headers.add(header.group(2));
            }
        }
        return headers.toArray(String[]::new);
    }

    @Test
    void theMetricsListedAreThoseServed() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs/api.md"))) {
            if (line.startsWith("| `")) {
                METRIC.matcher(line).results().forEach(name -> listed.add(name.group(1)));
            }
        }
        // Served only where the machine tells energy.
        Set<String> served = new TreeSet<>(Set.of("altiplano_energy_joules_total"));
        for (String line : server.get("/metrics").body().split("\n")) {
            if (line.startsWith("# TYPE altiplano_") || line.startsWith("# TYPE vllm:")) {
                String name = line.split(" ")[2];
                if (!name.endsWith("_max")) {
                    served.add(name);
                }
            }
        }
        assertThat(listed).isEqualTo(served);
    }

    @Test
    void openApiIsServedAndItsExamplesRun() {
        HttpResponse<String> response = server.get("/openapi.yaml");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("application/yaml");
        assertThat(OpenApi.document().get("openapi")).isEqualTo("3.1.0");
        for (Map.Entry<String, Object> path :
                map(OpenApi.document().get("paths")).entrySet()) {
            if (map(path.getValue()).containsKey("servers")) {
                // Of the management port.
                continue;
            }
            for (Map.Entry<String, Object> operation : map(path.getValue()).entrySet()) {
                if (operation.getKey().equals("get")) {
                    String target = path.getKey().replace("{id}", "altiplano-demo");
                    assertThat(server.get(target).statusCode()).as(target).isEqualTo(200);
                    continue;
                }
                for (String example : examples(map(operation.getValue()))) {
                    assertThat(serverOf(path.getKey())
                                    .post(path.getKey(), example)
                                    .statusCode())
                            .as(example)
                            .isEqualTo(200);
                }
            }
        }
    }

    private TestServer serverOf(String path) {
        return path.equals(ChatServer.PATH) ? ChatServer.shared() : server;
    }

    @Test
    void openApiDescribesEveryRoute() {
        Map<String, Object> paths = map(OpenApi.document().get("paths"));
        Set<String> routes = new TreeSet<>();
        for (RequestMappingInfoHandlerMapping mapping : server.context()
                .getBeansOfType(RequestMappingInfoHandlerMapping.class)
                .values()) {
            for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
                for (String pattern : info.getPatternValues()) {
                    info.getMethodsCondition()
                            .getMethods()
                            .forEach(method -> routes.add(method.name().toLowerCase(Locale.ROOT) + " " + pattern));
                }
            }
        }
        for (SimpleUrlHandlerMapping mapping :
                server.context().getBeansOfType(SimpleUrlHandlerMapping.class).values()) {
            mapping.getUrlMap().keySet().stream()
                    .filter(pattern -> !pattern.contains("*"))
                    .forEach(pattern -> routes.add("get " + pattern));
        }
        assertThat(routes)
                .contains(
                        "post /v1/completions", "post /v1/chat/completions", "get /livez", "get /actuator/prometheus");
        Set<String> missing = new TreeSet<>();
        for (String route : routes) {
            String[] parts = route.split(" ");
            // What stands below /actuator/health is its groups, which are there under their names.
            String path = parts[1].replace("{*id}", "{id}").replace("/health/**", "/health/liveness");
            if (!map(paths.getOrDefault(path, Map.of())).containsKey(parts[0])) {
                missing.add(route);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(paths).containsKeys("/v1/load_lora_adapter", "/v1/unload_lora_adapter");
    }

    /** What the description allows is accepted, and what it forbids refused. */
    @Test
    void openApiAgreesWithTheServiceAboutRequests() {
        for (String body : List.of(
                "{\"prompt\":\"a\",\"max_tokens\":1}",
                "{\"prompt\":[\"a\",\"b\"],\"max_tokens\":1,\"stop\":[]}",
                "{\"prompt\":[1,2],\"max_tokens\":0,\"logit_bias\":{\"5\":-100}}",
                "{\"prompt\":[[1],[2]],\"max_tokens\":1,\"top_k\":-1,\"stop\":null,\"suffix\":null}",
                "{}",
                "{\"prompt\":[]}",
                "{\"prompt\":[[]]}",
                "{\"prompt\":[\"a\",1]}",
                "{\"prompt\":null}",
                "{\"prompt\":\"a\",\"max_tokens\":-1}",
                "{\"prompt\":\"a\",\"max_tokens\":\"1\"}",
                "{\"prompt\":\"a\",\"temperature\":2.1}",
                "{\"prompt\":\"a\",\"logprobs\":6}",
                "{\"prompt\":\"a\",\"n\":0}",
                "{\"prompt\":\"a\",\"stop\":\"\"}",
                "{\"prompt\":\"a\",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}",
                "{\"prompt\":\"a\",\"logit_bias\":{\"a\":1}}",
                "{\"prompt\":\"a\",\"logit_bias\":{\"1\":101}}",
                "{\"prompt\":\"a\",\"use_beam_search\":true}",
                "{\"prompt\":\"a\",\"unknown\":1}")) {
            assertThat(server.post("/v1/completions", body).statusCode() == 200)
                    .as(body)
                    .isEqualTo(OpenApi.accepts("CompletionRequest", body));
        }
    }

    @Test
    void theStartPageLoadsNothingFromElsewhere() {
        HttpResponse<String> page = server.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'self'");
        assertThat(page.body()).doesNotContain("<script>", "style=", "onclick", "https://");
        for (String file : List.of("page/main.js", "page/layout.css", "icon.svg")) {
            assertThat(page.body()).contains(file);
            assertThat(server.get("/" + file).statusCode()).isEqualTo(200);
        }
    }

    private static List<String> examples(Map<String, Object> operation) {
        Map<String, Object> content = map(map(operation.get("requestBody")).get("content"));
        List<String> bodies = new ArrayList<>();
        for (Object example :
                map(map(content.get("application/json")).get("examples")).values()) {
            bodies.add(TestServer.JSON.writeValueAsString(map(example).get("value")));
        }
        return bodies;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }
}
