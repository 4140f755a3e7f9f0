package dev.altiplano.evaluation.model;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.TimedExchange;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model behind {@code POST /v1/completions} with {@code echo} and {@code logprobs}, and {@code POST /tokenize}. Prompts are
 * sent as token ids.
 */
public final class HttpModel implements LanguageModel {

    private static final ObjectMapper JSON = new JsonMapper();
    private static final int MAX_BYTES = 256 << 20;
    private static final int ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /**
     * Where the server is and what it serves.
     *
     * @param base up to and without {@code /v1}
     * @param model as requests name it
     * @param key sent as a bearer token; null sends none
     * @param contextLength longest sequence in tokens
     */
    public record Server(
            URI base, String model, @Nullable String key, int contextLength, int bos, int eos, int parallelism) {}

    private final Server server;
    private final Duration patience;
    private final HttpClient client;

    public HttpModel(Server server) {
        this(server, PATIENCE);
    }

    /** With another limit for a whole exchange. */
    HttpModel(Server server, Duration patience) {
        this.server = server;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /**
     * Asks the server what it has: its first model, with the ids of its beginning and end of sequence where {@code
     * /tokenizer_info} tells them.
     *
     * @param base with or without {@code /v1} or {@code /v1/completions} at its end
     * @param model as requests name it; empty takes the first
     * @param contextLength 0 asks the server
     */
    public static HttpModel connect(String base, String model, @Nullable String key, int contextLength, int parallelism)
            throws InterruptedException {
        URI root = URI.create(base.replaceAll("/v1(/completions)?/?$|/$", ""));
        if (!"http".equals(root.getScheme()) && !"https".equals(root.getScheme())) {
            throw new EvaluationException(base + ": must begin with http:// or https://");
        }
        HttpModel asking = new HttpModel(new Server(root, model, key, contextLength, -1, -1, 1));
        JsonNode first = asking.get("/v1/models").path("data").path(0);
        JsonNode info = asking.get("/tokenizer_info");
        int context = contextLength > 0
                ? contextLength
                : first.path("max_model_len")
                        .asInt(info.path("model_max_length").asInt(0));
        if (context < 2) {
            asking.close();
            throw new EvaluationException(base + ": does not say how long a sequence may be: give --max-length");
        }
        Server server = new Server(
                root,
                model.isEmpty() ? first.path("id").asString("") : model,
                key,
                context,
                asking.beginning(),
                asking.firstOf(info.path("eos_token").asString("")),
                parallelism);
        asking.close();
        return new HttpModel(server);
    }

    /** What a text with special tokens begins with, where the text itself does not. */
    private int beginning() throws InterruptedException {
        int[] plain = encode("a", false);
        int[] begun = encode("a", true);
        return begun.length > plain.length ? begun[0] : -1;
    }

    /** The first id of the special token's text, as lm-evaluation-harness finds it. */
    private int firstOf(String text) throws InterruptedException {
        int[] ids = text.isEmpty() ? new int[0] : tokenize(Map.of("prompt", text, "add_special_tokens", false));
        return ids.length == 0 ? -1 : ids[0];
    }

    @Override
    public String name() {
        return server.model();
    }

    /** What stands behind an address is taken to stay the same. */
    @Override
    public String identity() {
        return server.base() + " " + server.model();
    }

    @Override
    public int contextLength() {
        return server.contextLength();
    }

    @Override
    public int bos() {
        return server.bos();
    }

    @Override
    public int eos() {
        return server.eos();
    }

    @Override
    public int parallelism() {
        return server.parallelism();
    }

    @Override
    public int[] encode(String text, boolean specialTokens) throws InterruptedException {
        return tokenize(Map.of("prompt", text, "add_special_tokens", specialTokens, "parse_special", false));
    }

    private int[] tokenize(Map<String, Object> body) throws InterruptedException {
        JsonNode tokens = post("/tokenize", body).path("tokens");
        if (!tokens.isArray()) {
            throw new EvaluationException(server.base() + "/tokenize: the reply has no tokens");
        }
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i).asInt();
        }
        return ids;
    }

    @Override
    public TokenLikelihoods score(int[] tokens, int from) throws InterruptedException {
        Map<String, Object> body = request(tokens, 1, 0);
        body.put("echo", true);
        body.put("logprobs", 1);
        JsonNode logprobs =
                post("/v1/completions", body).path("choices").path(0).path("logprobs");
        JsonNode values = logprobs.path("token_logprobs");
        JsonNode tops = logprobs.path("top_logprobs");
        if (values.size() < tokens.length || tops.size() < tokens.length) {
            throw new EvaluationException(server.base() + ": the reply has " + values.size()
                    + " log probabilities for " + tokens.length
                    + " tokens: the server must support echo and logprobs together");
        }
        double[] result = new double[tokens.length - from];
        boolean greedy = true;
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(from + i).asDouble();
            double best = Double.NEGATIVE_INFINITY;
            for (JsonNode top : tops.get(from + i)) {
                best = Math.max(best, top.asDouble());
            }
            greedy &= result[i] == best;
        }
        return new TokenLikelihoods(result, greedy);
    }

    @Override
    public String write(int[] prompt, GenerationSettings settings, long seed) throws InterruptedException {
        Map<String, Object> body = request(prompt, settings.maxTokens(), settings.temperature());
        body.put("seed", seed);
        List<String> until =
                settings.until().stream().filter(text -> !text.isEmpty()).toList();
        if (!until.isEmpty()) {
            body.put("stop", until);
        }
        if (settings.topP() < 1) {
            body.put("top_p", settings.topP());
        }
        if (settings.topK() > 0) {
            body.put("top_k", settings.topK());
        }
        JsonNode reply = post("/v1/completions", body);
        JsonNode text = reply.path("choices").path(0).path("text");
        if (!text.isString()) {
            throw new EvaluationException(server.base() + "/v1/completions: the reply has no choices[0].text: "
                    + shortened(JSON.writeValueAsBytes(reply)));
        }
        return text.asString();
    }

    private Map<String, Object> request(int[] prompt, int maxTokens, double temperature) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", server.model());
        body.put("prompt", prompt);
        body.put("max_tokens", maxTokens);
        body.put("temperature", temperature);
        return body;
    }

    private JsonNode get(String path) throws InterruptedException {
        return send(path, builder(path).GET().build());
    }

    private JsonNode post(String path, Map<String, ?> body) throws InterruptedException {
        String json = JSON.writeValueAsString(body);
        return send(
                path,
                builder(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8))
                        .build());
    }

    private HttpRequest.Builder builder(String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server.base() + path));
        return server.key() == null ? builder : builder.header("Authorization", "Bearer " + server.key());
    }

    /** Asks again where the server is busy or the connection broke. */
    private JsonNode send(String path, HttpRequest request) throws InterruptedException {
        String problem = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            if (attempt > 1) {
                Thread.sleep(Duration.ofSeconds(attempt));
            }
            try {
                HttpResponse<byte[]> response = TimedExchange.send(
                        client,
                        request,
                        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_BYTES),
                        patience);
                byte[] bytes = response.body();
                if (response.statusCode() == 200) {
                    return JSON.readTree(bytes);
                }
                problem = "status " + response.statusCode() + ": " + shortened(bytes);
                if (response.statusCode() != 429 && response.statusCode() < 500) {
                    break;
                }
            } catch (JacksonException e) {
                problem = "the reply is not JSON: " + e.getOriginalMessage();
                break;
            } catch (IOException e) {
                problem = e.toString();
            }
        }
        throw new EvaluationException(server.base() + path + ": " + problem);
    }

    private static String shortened(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    @Override
    public void close() {
        client.close();
    }
}
