package dev.altiplano.evaluation.toxicity;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.TimedExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A classifier behind HTTP: {@code POST {"text": …}} gives {@code {"toxicity": 0 to 1}}. */
public final class ToxicityClassifier implements ToDoubleFunction<String> {

    private static final ObjectMapper JSON = new JsonMapper();

    private static final long MAX_BYTES = 1 << 20;

    private final URI url;
    private final Duration patience;
    private final HttpClient client = HttpClient.newHttpClient();

    public ToxicityClassifier(String url) {
        this(url, Duration.ofMinutes(1));
    }

    /** With another limit for a whole exchange. */
    ToxicityClassifier(String url, Duration patience) {
        this.url = URI.create(url);
        this.patience = patience;
    }

    @Override
    public double applyAsDouble(String text) {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(Map.of("text", text))))
                .build();
        try {
            HttpResponse<String> response = TimedExchange.send(
                    client,
                    request,
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), MAX_BYTES),
                    patience);
            JsonNode score = JSON.readTree(response.body()).path("toxicity");
            if (response.statusCode() == 200 && score.isNumber() && score.asDouble() >= 0 && score.asDouble() <= 1) {
                return score.asDouble();
            }
            throw new EvaluationException(
                    url + ": status " + response.statusCode() + ", and no \"toxicity\" from 0 to 1 in the reply");
        } catch (JacksonException | IOException e) {
            throw new EvaluationException(url + ": gives no answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvaluationException(url + ": interrupted", e);
        }
    }
}
