package dev.altiplano.deploy;

import dev.altiplano.server.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Replicas on the loopback, each a whole service with an engine of its own, behind a gateway that sends each request to one of
 * them. Requests run until their clients leave, and clients leave by the simulation's own clock: it ticks when every replica's
 * page says what must be so. How fast the machine is changes nothing but how long it takes.
 */
final class RoutingSimulation implements AutoCloseable {

    static final int REPLICAS = 3;
    static final int PLACES = 2;

    private static final int REQUESTS = 80;
    private static final int SHORT_TICKS = 2;
    private static final int LONG_TICKS = 20;
    private static final double LONG_SHARE = 0.1;
    private static final double LOAD = 0.8;
    private static final String ENDLESS = "{\"prompt\":\"Once\",\"max_tokens\":60000,\"ignore_eos\":true}";

    /** How the gateway chooses. */
    enum Picker {
        /** In turns, as one does that knows nothing of the replicas. */
        ROUND_ROBIN {
            @Override
            Replica pick(List<Replica> replicas, int turn) {
                return replicas.get(turn % replicas.size());
            }
        },
        /**
         * By the gauges that endpoint pickers read: fewest requests waiting and running, the first of those. Pickers also look at free KV
         * blocks, which here would depend on how far each machine has come.
         */
        QUEUE_AWARE {
            @Override
            Replica pick(List<Replica> replicas, int turn) {
                return replicas.stream()
                        .min(Comparator.comparingDouble(replica -> replica.waiting + replica.running))
                        .orElseThrow();
            }
        };

        abstract Replica pick(List<Replica> replicas, int turn);
    }

    /**
     * What a picker came to; times are in ticks.
     *
     * @param waited requests that did not start at once
     * @param needlessly those of them that could have, on another replica
     */
    record Result(int requests, int waited, int needlessly, int longestQueue, double meanWait, int wait95) {

        String row(Picker picker) {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d of %d | %d | %d | %.1f | %d |",
                    picker.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    waited,
                    requests,
                    needlessly,
                    longestQueue,
                    meanWait,
                    wait95);
        }
    }

    private static final class Request {
        final int arrival;
        final int ticks;
        Socket client;
        int begun = -1;

        Request(int arrival, int ticks) {
            this.arrival = arrival;
            this.ticks = ticks;
        }
    }

    private static final class Replica {
        final TestServer server;
        final List<Request> requests = new ArrayList<>();
        double waiting;
        double running;

        Replica(Path model) {
            server = TestServer.ready(
                    "--altiplano.model.path=" + model,
                    "--altiplano.engine.max-sequences=" + PLACES,
                    "--altiplano.engine.threads=1",
                    // The slowest: it has more than a minute's work with each request.
                    "--altiplano.engine.backend=scalar");
        }

        void send(Request request) throws IOException {
            request.client = server.raw(TestServer.rawCompletion(ENDLESS));
            requests.add(request);
        }

        /** Waits until the page says of every request what must be so: the first of them run, and the others wait. */
        void await() {
            Awaitility.await("the page tells of " + requests.size() + " requests")
                    .atMost(Duration.ofMinutes(2))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        read();
                        return running == Math.min(PLACES, requests.size()) && waiting == requests.size() - running;
                    });
        }

        /** Reads what {@code /metrics} has too, but made anew for each who asks. */
        private void read() {
            for (String line : server.get("/actuator/prometheus").body().split("\n")) {
                if (line.startsWith("vllm:num_requests_waiting{")) {
                    waiting = value(line);
                } else if (line.startsWith("vllm:num_requests_running{")) {
                    running = value(line);
                }
            }
        }

        private static double value(String line) {
            return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        }

        /** Lets those go whose time has come; whether there were any. */
        boolean leave(int now) throws IOException {
            List<Request> over = requests.stream()
                    .filter(request -> request.begun >= 0 && now - request.begun >= request.ticks)
                    .toList();
            for (Request request : over) {
                request.client.close();
            }
            return requests.removeAll(over);
        }

        boolean full() {
            return requests.size() >= PLACES;
        }

        boolean idle() {
            return requests.isEmpty();
        }

        void begin(int now) {
            for (Request request : requests.subList(0, Math.min(PLACES, requests.size()))) {
                request.begun = request.begun < 0 ? now : request.begun;
            }
        }
    }

    private final List<Replica> replicas;

    /** Starts the replicas with a model whose context outlasts every request; {@code folder} is for it. */
    RoutingSimulation(Path folder) throws IOException {
        Path reference = Path.of("src/test/resources/reference");
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.copy(reference.resolve("base-mp1/consolidated.00.pth"), model.resolve("consolidated.00.pth"));
        Files.copy(reference.resolve("tokenizer.model"), model.resolve("tokenizer.model"));
        Files.writeString(
                model.resolve("params.json"),
                Files.readString(reference.resolve("base-mp1/params.json")).replace("{", "{\"max_seq_len\": 65536, "));
        replicas = Stream.generate(() -> new Replica(model)).limit(REPLICAS).toList();
    }

    /** Lets the same requests come, whatever the picker, until all have run. */
    Result run(Picker picker) throws IOException {
        List<Request> requests = requests();
        int sent = 0;
        int needlessly = 0;
        int longestQueue = 0;
        for (int now = 0; sent < REQUESTS || !replicas.stream().allMatch(Replica::idle); now++) {
            tick(now);
            for (; sent < REQUESTS && requests.get(sent).arrival == now; sent++) {
                Replica chosen = picker.pick(replicas, sent);
                if (chosen.full() && !replicas.stream().allMatch(Replica::full)) {
                    needlessly++;
                }
                chosen.send(requests.get(sent));
                chosen.await();
                chosen.begin(now);
                longestQueue = Math.max(longestQueue, chosen.requests.size() - PLACES);
            }
        }
        int[] waits = requests.stream()
                .mapToInt(request -> request.begun - request.arrival)
                .sorted()
                .toArray();
        return new Result(
                REQUESTS,
                (int) IntStream.of(waits).filter(wait -> wait > 0).count(),
                needlessly,
                longestQueue,
                IntStream.of(waits).average().orElseThrow(),
                waits[waits.length * 95 / 100]);
    }

    private void tick(int now) throws IOException {
        List<Replica> changed = new ArrayList<>();
        for (Replica replica : replicas) {
            if (replica.leave(now)) {
                changed.add(replica);
            }
        }
        for (Replica replica : changed) {
            replica.await();
            replica.begin(now);
        }
    }

    /** Requests that come by chance, most of them short, so many that the places are busy for {@link #LOAD} of the time. */
    private static List<Request> requests() {
        Random random = new Random(1);
        double meanTicks = SHORT_TICKS * (1 - LONG_SHARE) + LONG_TICKS * LONG_SHARE;
        double meanPause = meanTicks / (LOAD * REPLICAS * PLACES);
        List<Request> requests = new ArrayList<>();
        double arrival = 0;
        for (int i = 0; i < REQUESTS; i++) {
            arrival -= meanPause * Math.log(1 - random.nextDouble());
            requests.add(new Request((int) arrival, random.nextDouble() < LONG_SHARE ? LONG_TICKS : SHORT_TICKS));
        }
        return requests;
    }

    @Override
    public void close() {
        replicas.forEach(replica -> replica.server.close());
    }
}
