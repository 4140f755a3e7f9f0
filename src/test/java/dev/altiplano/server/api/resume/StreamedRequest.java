package dev.altiplano.server.api.resume;

import dev.altiplano.server.ChatServer;
import java.net.URI;
import java.net.http.HttpRequest;

/** A request for a stream: what a client sends, and sends again when it has to go on. */
record StreamedRequest(String path, String body) {

    private static final int KINDS = 8;
    private static final String COMPLETIONS = "/v1/completions";

    /** One whose kind, words and length depend on {@code number}; half of them have a seed, the service draws the others'. */
    static StreamedRequest of(int number) {
        boolean seeded = number / KINDS % 2 == 0;
        int tokens = 60 + 11 * number;
        String tail = ",\"max_tokens\":" + tokens + ",\"ignore_eos\":true,\"stream\":true"
                + (seeded ? ",\"seed\":" + number : "")
                + (number % 3 == 0 ? ",\"stream_options\":{\"include_usage\":true}" : "") + "}";
        String prompt = "{\"prompt\":\"Once upon a time " + number + "\"";
        String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"Tell " + number + "\"}]";
        return switch (number % KINDS) {
            case 0 -> completion(prompt + ",\"n\":2,\"logprobs\":1" + tail);
            case 1 -> completion("{\"prompt\":[\"Once\",\"There was " + number + "\"],\"temperature\":1.3" + tail);
            case 2 ->
                completion(prompt + ",\"presence_penalty\":1.5,\"frequency_penalty\":0.5,\"repetition_penalty\":1.3,"
                        + "\"logit_bias\":{\"40\":5}" + tail);
            case 3 -> completion(prompt + ",\"n\":3,\"stop\":[\"qqq\",\"the e\"],\"echo\":true" + tail);
            case 4 -> completion(prompt + ",\"guided_regex\":\"([a-z]{2,7} ){40,60}\"" + tail);
            case 5 -> chat(chat + ",\"n\":2,\"logprobs\":true,\"top_logprobs\":2" + tail);
            case 6 ->
                chat(chat + ",\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{"
                        + "\"name\":\"weather\",\"parameters\":" + object("rain") + "}}]" + tail);
            default ->
                chat(chat + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"days\","
                        + "\"schema\":" + object("sun") + "}}" + tail);
        };
    }

    private static StreamedRequest completion(String body) {
        return new StreamedRequest(COMPLETIONS, body);
    }

    private static StreamedRequest chat(String body) {
        return new StreamedRequest(ChatServer.PATH, body);
    }

    /** A schema of which an answer is long. */
    private static String object(String name) {
        return "{\"type\":\"object\",\"properties\":{\"" + name
                + "\":{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":30,\"maxItems\":60}},\"required\":[\""
                + name + "\"],\"additionalProperties\":false}";
    }

    /** The request to the service at {@code address}. */
    HttpRequest to(URI address, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }
}
