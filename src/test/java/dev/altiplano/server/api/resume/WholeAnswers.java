package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers once more from their beginning, in one piece: asked for with the id of an event before the first one, which says that nothing
 * has come of the very answer that a client has read.
 */
final class WholeAnswers implements AutoCloseable {

    private static final String ID = "id: ";
    private static final int UUID_DIGITS = 32;

    private final HttpClient client = HttpClient.newHttpClient();
    /** Ids of events of other answers to the same requests. */
    private final Map<StreamedRequest, EventId> known = new ConcurrentHashMap<>();

    /** The answer that {@code stream} has read, from the service at {@code address}. */
    SentEvents of(SurvivingStream stream, URI address) throws IOException, InterruptedException {
        EventId other = id(stream.request(), address);
        String answer = stream.first("id").asString();
        String digits = answer.substring(answer.length() - UUID_DIGITS);
        EventId beginning = new EventId(
                other.fingerprint(),
                other.request(),
                new UUID(half(digits, 0), half(digits, UUID_DIGITS / 2)),
                stream.first("created").asLong(),
                false,
                Collections.nCopies(other.choices().size(), ChoicePosition.NOTHING));
        HttpResponse<String> response = client.send(
                stream.request().to(address, AnswerOrigin.HEADER, beginning.text()),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SentEvents.of(response.body());
    }

    private static long half(String digits, int from) {
        return Long.parseUnsignedLong(digits, from, from + UUID_DIGITS / 2, 16);
    }

    private EventId id(StreamedRequest request, URI address) throws IOException, InterruptedException {
        EventId id = known.get(request);
        if (id == null) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                    client.send(request.to(address), HttpResponse.BodyHandlers.ofInputStream())
                            .body(),
                    StandardCharsets.UTF_8))) {
                String line = reader.readLine();
                assertThat(line).startsWith(ID);
                id = EventId.parse(line.substring(ID.length()));
            }
            known.put(request, id);
        }
        return id;
    }

    @Override
    public void close() {
        client.close();
    }
}
