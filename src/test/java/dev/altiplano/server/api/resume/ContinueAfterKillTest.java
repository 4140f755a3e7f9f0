package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ServiceProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service that is killed under many streams: each goes on at its successor with the same bytes. {@code -Daltiplano.test.kills=50} does
 * it so many times.
 */
class ContinueAfterKillTest {

    private static final int STREAMS = 32;
    private static final String PATH = "/v1/completions";

    private final HttpClient client = HttpClient.newHttpClient();

    /** One whose prompt, length and fields depend on its number; every other one has a seed, the service draws the others'. */
    private static String body(int number) {
        return "{\"prompt\":\"Once upon a time " + number + "\",\"max_tokens\":" + (30 + 3 * number)
                + ",\"ignore_eos\":true,\"stream\":true,\"n\":" + (1 + number % 2)
                + (number % 2 == 0 ? ",\"seed\":" + number : "")
                + (number % 3 == 0 ? ",\"logprobs\":1" : "")
                + (number % 5 == 0 ? ",\"frequency_penalty\":0.7" : "")
                + ",\"stream_options\":{\"include_usage\":true}}";
    }

    private HttpRequest request(ServiceProcess service, int number, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.uri(PATH))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(number)));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }

    /** Reads a stream until it ends or breaks, and says when {@code first} events have come. */
    private String read(ServiceProcess service, int number, int first, CountDownLatch begun) {
        StringBuilder read = new StringBuilder();
        int events = 0;
        try (InputStream in = client.send(request(service, number), HttpResponse.BodyHandlers.ofInputStream())
                        .body();
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            char[] buffer = new char[256];
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                read.append(buffer, 0, count);
                int now = SentEvents.of(read.toString()).events().size();
                if (events < first && now >= first) {
                    begun.countDown();
                }
                events = now;
            }
        } catch (IOException broken) {
            assertThat(events).as("events before the stream broke").isGreaterThanOrEqualTo(first);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return read.toString();
    }

    private SentEvents rest(ServiceProcess service, int number, String lastId) throws Exception {
        HttpResponse<String> response = client.send(
                request(service, number, AnswerOrigin.HEADER, lastId), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SentEvents.of(response.body());
    }

    @Test
    void everyStreamGoesOnWithTheSameBytes(@TempDir Path folder) throws Exception {
        int kills = Integer.getInteger("altiplano.test.kills", 1);
        Random random = new Random(kills);
        ServiceProcess service = new ServiceProcess(folder);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < kills; round++) {
                CountDownLatch begun = new CountDownLatch(STREAMS);
                List<Future<String>> streams = new ArrayList<>();
                ServiceProcess killed = service;
                for (int i = 0; i < STREAMS; i++) {
                    int number = i;
                    int first = 1 + random.nextInt(kills == 1 ? 1 : 20);
                    streams.add(readers.submit(() -> read(killed, number, first, begun)));
                }
                begun.await();
                killed.kill();
                List<SentEvents> parts = new ArrayList<>();
                for (Future<String> stream : streams) {
                    parts.add(SentEvents.of(stream.get()));
                }
                service = new ServiceProcess(folder, "--server.port=" + killed.port());
                goOn(service, readers, parts);
            }
        } finally {
            service.close();
            client.close();
        }
    }

    private void goOn(ServiceProcess service, ExecutorService readers, List<SentEvents> parts) throws Exception {
        List<Future<SentEvents>> rests = new ArrayList<>();
        List<Future<SentEvents>> wholes = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            int number = i;
            SentEvents part = parts.get(i);
            rests.add(readers.submit(() -> rest(service, number, part.lastId())));
            // The whole answer again: all behind its first event.
            wholes.add(readers.submit(
                    () -> rest(service, number, part.events().getFirst().id())));
        }
        for (int i = 0; i < STREAMS; i++) {
            SentEvents part = parts.get(i);
            SentEvents joined = part.upTo(part.events().size(), rests.get(i).get());
            SentEvents whole = part.upTo(1, wholes.get(i).get());
            assertThat(joined.done()).isTrue();
            assertThat(joined.content()).as("stream %d", i).isEqualTo(whole.content());
        }
    }
}
