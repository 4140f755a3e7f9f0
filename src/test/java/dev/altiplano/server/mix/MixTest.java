package dev.altiplano.server.mix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.server.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One client's streams beside all that others can do: they come to their end, with the same bytes, and nothing is left of the others.
 *
 * <p>{@code -Daltiplano.test.mixMinutes=30} goes on for so long and prints the gaps of the streams, alone and among the others, and the
 * memory of the process; {@code -Daltiplano.test.mixSettings="--altiplano.model.path=… --altiplano.engine.threads=2"} takes another model
 * and other settings, {@code -Daltiplano.test.mixTokens=150} shorter streams than of 1,500 tokens, {@code -Daltiplano.test.seed=7} other
 * clients.
 */
class MixTest {

    private static final List<String> GAUGES = List.of(
            "altiplano_requests_waiting",
            "altiplano_requests_running",
            "altiplano_sequences_running",
            "altiplano_queue_tokens",
            "altiplano_kv_blocks_used");
    private static final String VICTIM = "victim-0123456789abcdef";
    private static final String OTHERS = "others-0123456789abcdef";
    private static final int SHORT_SECONDS = 1;

    private final double minutes = Double.parseDouble(System.getProperty("altiplano.test.mixMinutes", "0"));
    private final long seed = Long.getLong("altiplano.test.seed", 1);
    private final List<Long> residentKib = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void leavesTheStreamsOfAnotherAlone() throws Exception {
        long mixSeconds = minutes == 0 ? SHORT_SECONDS : Math.round(60 * minutes);
        Path keys = Files.writeString(folder.resolve("keys"), "victim " + VICTIM + "\nothers " + OTHERS + "\n");
        List<String> settings = new ArrayList<>(
                List.of("--altiplano.api.keys-file=" + keys, "--logging.level.dev.altiplano.requests=off"));
        settings.addAll(
                List.of(System.getProperty("altiplano.test.mixSettings", "").split(" ")));
        settings.removeIf(String::isBlank);
        // In a long mix the service lives long enough for Java's optimizing compiler.
        List<String> java = List.of(
                "-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=" + (minutes == 0 ? 1 : 4));
        try (ServiceProcess service = ServiceProcess.withJava(java, folder, settings.toArray(String[]::new));
                // A client of its own: what the others do to theirs is not the service's doing.
                HttpClient calm = HttpClient.newHttpClient();
                HttpClient client = HttpClient.newHttpClient()) {
            Victim victim = new Victim(
                    calm,
                    service.uri("/v1/completions"),
                    VICTIM,
                    minutes == 0 ? 100 : Integer.getInteger("altiplano.test.mixTokens", 1500));
            // What a process does for the first time takes longer.
            String texts = victim.stream(new Gaps(), lasting(mixSeconds / 10), "");
            Gaps alone = new Gaps();
            victim.stream(alone, lasting(mixSeconds / 10), texts);
            HostileClients others = new HostileClients(client, service.uri("/"), OTHERS, seed, minutes > 0);
            others.start();
            Gaps among = new Gaps();
            Thread watch = watch(service, mixSeconds);
            victim.stream(among, lasting(mixSeconds), texts);
            List<String> surprises = others.stop();
            watch.interrupt();
            watch.join();
            if (minutes > 0) {
                System.out.println(
                        "mix of " + mixSeconds + " s, seed " + seed + "\nalone: " + alone + "\namong: " + among
                                + "\nresident MiB: "
                                + residentKib.stream().map(kib -> kib >> 10).toList()
                                + "\nothers: " + others.outcomes());
            }
            nothingIsLeft(service);
            assertThat(surprises).isEmpty();
            assertThat(others.outcomes().keySet()).as("some were served").anyMatch(each -> each.endsWith(" 200"));
            assertThat(service.isAlive()).isTrue();
            assertThat(service.log()).doesNotContain("OutOfMemoryError", " ERROR ");
        }
    }

    private static BooleanSupplier lasting(long seconds) {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        return () -> System.nanoTime() - end < 0;
    }

    /** Notes the memory of the process twenty times. */
    private Thread watch(ServiceProcess service, long seconds) {
        return Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(Math.max(1000, seconds * 50));
                    residentKib.add(residentKib(service.pid()));
                }
            } catch (InterruptedException | IOException e) {
                // It is over.
                return;
            }
        });
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static void nothingIsLeft(ServiceProcess service) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            List<String> page = service.metrics().lines().toList();
            for (String gauge : GAUGES) {
                assertThat(page).contains(gauge + " 0.0");
            }
        });
    }
}
