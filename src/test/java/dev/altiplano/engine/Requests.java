package dev.altiplano.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds requests for tests: greedy, scored, one choice, unless told otherwise. */
public final class Requests {

    private String id = "test";
    private List<Prompt> prompts = List.of(new Prompt.Text("Question: why does the teacher"));
    private int n = 1;
    private int bestOf = 1;
    private int maxTokens = 16;
    private float temperature;
    private float topP = 1;
    private float presencePenalty;
    private float repetitionPenalty = 1;
    private Map<Integer, Float> logitBias = Map.of();
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stop = List.of();
    private boolean ignoreEos;
    private int logprobs;
    private boolean promptLogprobs;
    private String client = "";
    private Duration timeout;
    private @Nullable String adapter;

    public static Requests ids(int... ids) {
        Requests requests = new Requests();
        requests.prompts = List.of(new Prompt.Ids(ids));
        return requests;
    }

    public static Requests text(String text) {
        Requests requests = new Requests();
        requests.prompts = List.of(new Prompt.Text(text));
        return requests;
    }

    Requests prompts(List<Prompt> all) {
        prompts = all;
        return this;
    }

    Requests n(int count, int best) {
        n = count;
        bestOf = best;
        return this;
    }

    public Requests maxTokens(int tokens) {
        maxTokens = tokens;
        return this;
    }

    Requests sampled(float atTemperature, float withTopP, long seeded) {
        temperature = atTemperature;
        topP = withTopP;
        seed = OptionalLong.of(seeded);
        return this;
    }

    Requests unseeded() {
        seed = OptionalLong.empty();
        return this;
    }

    Requests penalties(float presence, float repetition) {
        presencePenalty = presence;
        repetitionPenalty = repetition;
        return this;
    }

    Requests bias(Map<Integer, Float> bias) {
        logitBias = bias;
        return this;
    }

    Requests stop(String... strings) {
        stop = List.of(strings);
        return this;
    }

    public Requests ignoreEos() {
        ignoreEos = true;
        return this;
    }

    Requests logprobs(int top) {
        logprobs = top;
        return this;
    }

    Requests scorePrompt() {
        promptLogprobs = true;
        return this;
    }

    Requests client(String name) {
        client = name;
        return this;
    }

    Requests adapter(@Nullable String name) {
        adapter = name;
        return this;
    }

    Requests timeout(Duration after) {
        timeout = after;
        return this;
    }

    public GenerationRequest build() {
        return new GenerationRequest(
                id,
                prompts,
                n,
                bestOf,
                adapter,
                new Sampling(temperature, 0, topP, 0, presencePenalty, 0, repetitionPenalty, logitBias, seed),
                new Stopping(maxTokens, 0, stop, Set.of(), ignoreEos),
                new Logprobs(logprobs, promptLogprobs ? Math.max(0, logprobs) : -1),
                new Client(client, 0, timeout, ""));
    }
}
