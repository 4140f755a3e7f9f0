package dev.altiplano.engine.checkpoint.fetch;

import static dev.altiplano.engine.checkpoint.fetch.HostileServer.Mischief.BUSY;
import static dev.altiplano.engine.checkpoint.fetch.HostileServer.Mischief.CUT;
import static dev.altiplano.engine.checkpoint.fetch.HostileServer.Mischief.HANG_UP;
import static dev.altiplano.engine.checkpoint.fetch.HostileServer.Mischief.STALL;
import static dev.altiplano.engine.checkpoint.fetch.HostileServer.Mischief.WRONG_RANGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetches from servers that cut, stall, refuse, change and lie. */
class FetchTest {
    private static final int PART = 32 << 10;

    @TempDir
    private Path folder;

    /** The process itself ends at a random byte, as well as the connections; the next one goes on. */
    @Test
    void fiftyRandomCutsEndWithTheRightFile() throws Exception {
        int resumed = 0;
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            byte[] file = bytes(seed, 1 + random.nextInt(250_000));
            Path own = folder.resolve("run" + seed);
            try (HostileServer server = new HostileServer(file, seed).doing(40, HANG_UP, CUT, BUSY, WRONG_RANGE)) {
                FetchRequest request = request(server.address(), own, sha256(file));
                long dieAt = random.nextInt(file.length);
                try {
                    new Fetch(request, (done, total) -> {
                                if (done > dieAt) {
                                    throw new Death();
                                }
                            })
                            .run();
                } catch (Death death) {
                    assertThat(request.target()).as("a half file").doesNotExist();
                    resumed++;
                }
                new Fetch(request, (done, total) -> {}).run();
                assertThat(request.target()).hasBinaryContent(file);
                assertThat(names(own)).containsExactly("file.bin");
            }
        }
        assertThat(resumed).isGreaterThan(30);
    }

    @Test
    void theNextProcessFetchesOnlyWhatIsMissing() throws Exception {
        byte[] file = bytes(51, 1_000_000);
        try (HostileServer server = new HostileServer(file, 51)) {
            FetchRequest request = request(server.address(), folder, sha256(file));
            assertThatThrownBy(() -> new Fetch(request, (done, total) -> {
                                if (done > 800_000) {
                                    throw new Death();
                                }
                            })
                            .run())
                    .isInstanceOf(Death.class);
            long before = server.sentBytes();
            fetch(request);
            assertThat(request.target()).hasBinaryContent(file);
            assertThat(server.sentBytes() - before).isLessThanOrEqualTo(200_000 + 4L * PART);
        }
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void aServerThatFallsSilentIsAskedAgain() throws Exception {
        byte[] file = bytes(1, 100_000);
        try (HostileServer server = new HostileServer(file, 1).doing(30, STALL)) {
            new Fetch(request(server.address(), folder, sha256(file)), (done, total) -> {}).run();
            assertThat(folder.resolve("file.bin")).hasBinaryContent(file);
        }
    }

    @Test
    void aServerWithoutRangesIsReadFromTheStart() throws Exception {
        byte[] file = bytes(2, 200_000);
        try (HostileServer server = new HostileServer(file, 2).withoutRanges().doing(50, CUT, BUSY)) {
            new Fetch(request(server.address(), folder, null), (done, total) -> {}).run();
            assertThat(folder.resolve("file.bin")).hasBinaryContent(file);
        }
    }

    @Test
    void aLengthThatIsNotSaidNeedsAChecksum() throws Exception {
        byte[] file = bytes(3, 50_000);
        try (HostileServer server = new HostileServer(file, 3).withoutLength()) {
            assertThatThrownBy(() -> fetch(request(server.address(), folder, null)))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("give its SHA-256");
            fetch(request(server.address(), folder, sha256(file)));
            assertThat(folder.resolve("file.bin")).hasBinaryContent(file);
        }
    }

    @Test
    void anEmptyFileIsAFile() throws Exception {
        try (HostileServer server = new HostileServer(new byte[0], 4)) {
            fetch(request(server.address(), folder, sha256(new byte[0])));
            assertThat(folder.resolve("file.bin")).isEmptyFile();
        }
    }

    @Test
    void aFileThatChangesOnTheWayIsFetchedAnew() throws Exception {
        byte[] old = bytes(5, 300_000);
        byte[] fresh = bytes(6, 310_000);
        try (HostileServer server = new HostileServer(old, 5)) {
            FetchRequest request = request(server.address(), folder, null);
            boolean[] changed = new boolean[1];
            new Fetch(request, (done, total) -> {
                        if (done > 100_000 && !changed[0]) {
                            changed[0] = true;
                            server.change(fresh);
                        }
                    })
                    .run();
            assertThat(request.target()).hasBinaryContent(fresh);
        }
    }

    @Test
    void aVersionThatCannotBeToldIsNotContinuedWithoutAChecksum() throws Exception {
        byte[] old = bytes(7, 200_000);
        byte[] fresh = bytes(8, 200_000);
        try (HostileServer server = new HostileServer(old, 7)) {
            server.withoutTag();
            FetchRequest request = request(server.address(), folder, null);
            assertThatThrownBy(() -> new Fetch(request, (done, total) -> {
                                if (done > 100_000) {
                                    throw new Death();
                                }
                            })
                            .run())
                    .isInstanceOf(Death.class);
            server.change(fresh);
            server.withoutTag();
            fetch(request);
            assertThat(request.target()).hasBinaryContent(fresh);
        }
    }

    @Test
    void aWrongChecksumNamesBothAndLeavesNothing() throws Exception {
        byte[] file = bytes(9, 100_000);
        String wrong = sha256(new byte[1]);
        try (HostileServer server = new HostileServer(file, 9)) {
            assertThatThrownBy(() -> fetch(request(server.address(), folder, wrong)))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining(sha256(file))
                    .hasMessageContaining(wrong);
            assertThat(names(folder)).containsExactly(".file.bin.lock");
        }
    }

    @Test
    void whatIsThereIsCheckedAndLeftAlone() throws Exception {
        byte[] file = bytes(10, 10_000);
        Files.write(folder.resolve("file.bin"), file);
        try (HostileServer server = new HostileServer(file, 10)) {
            assertThat(fetch(request(server.address(), folder, sha256(file)))).isEqualTo(Fetch.Result.PRESENT);
            assertThat(server.requests()).isEmpty();
            assertThat(fetch(request(server.address(), folder, null))).isEqualTo(Fetch.Result.PRESENT);
            server.change(bytes(11, 11_000));
            assertThatThrownBy(() -> fetch(request(server.address(), folder, null)))
                    .hasMessageContaining("exists and has 10000 bytes, the server's has 11000");
            assertThatThrownBy(() -> fetch(request(server.address(), folder, sha256(new byte[2]))))
                    .hasMessageContaining("exists with the SHA-256");
            assertThat(folder.resolve("file.bin")).hasBinaryContent(file);
        }
    }

    @Test
    void tooLargeAndTooMuchForTheDiskAreRefusedBeforeAnythingComes() throws Exception {
        byte[] file = bytes(12, 100_000);
        try (HostileServer server = new HostileServer(file, 12)) {
            FetchRequest small = new FetchRequest(
                    server.address(),
                    folder,
                    "file.bin",
                    null,
                    true,
                    null,
                    99_999,
                    2,
                    PART,
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1));
            assertThatThrownBy(() -> fetch(small)).hasMessageContaining("raise the limit");
            server.at("/huge", 206, "Content-Range", "bytes 0-0/900000000000000000");
            FetchRequest huge = new FetchRequest(
                    server.address().resolve("/huge"),
                    folder,
                    "huge",
                    null,
                    true,
                    null,
                    Long.MAX_VALUE,
                    2,
                    1L << 40,
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1));
            assertThatThrownBy(() -> fetch(huge)).hasMessageContaining("make room");
            assertThat(server.sentBytes()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void anEndlessBodyIsCutOff() throws Exception {
        byte[] file = bytes(13, 3_000_000);
        try (HostileServer server = new HostileServer(file, 13).withoutLength()) {
            FetchRequest small = new FetchRequest(
                    server.address(),
                    folder,
                    "file.bin",
                    sha256(file),
                    true,
                    null,
                    100_000,
                    2,
                    PART,
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1));
            assertThatThrownBy(() -> fetch(small)).hasMessageContaining("raise the limit");
            assertThat(Files.size(small.part())).isLessThanOrEqualTo(100_000);
            assertThat(small.target()).doesNotExist();
        }
    }

    /** Replies without ranges whose first one, which is only looked at, has another length than the next. */
    @ParameterizedTest
    @CsvSource({"'', 500", "'Content-Length: 500', 500", "'Content-Length: 300000', 300000"})
    void anotherLengthThanBeforeIsAnotherFile(String head, int sent) throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                for (int i = 0; !socket.isClosed(); i++) {
                    try (Socket client = socket.accept()) {
                        client.getInputStream().read(new byte[8192]);
                        String length = i % 2 == 0 ? "Content-Length: 1000" : head;
                        client.getOutputStream()
                                .write(("HTTP/1.1 200 OK\r\nConnection: close\r\n" + length
                                                + (length.isEmpty() ? "\r\n" : "\r\n\r\n"))
                                        .getBytes(StandardCharsets.US_ASCII));
                        client.getOutputStream().write(new byte[i % 2 == 0 ? 1000 : sent]);
                    } catch (IOException e) {
                        // The client may go away first.
                        continue;
                    }
                }
            });
            FetchRequest request = new FetchRequest(
                    URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/file.bin"),
                    folder,
                    "file.bin",
                    null,
                    true,
                    null,
                    100_000,
                    2,
                    PART,
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(5));
            assertThatThrownBy(() ->
                            new Fetch(request, (done, total) -> assertThat(done).isLessThanOrEqualTo(1000)).run())
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("changes while it is fetched");
            assertThat(request.target()).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({"401, token", "403, expired", "404, no such file", "410, no such file", "400, answers 400"})
    void whatWillNotPassIsNotTriedAgain(int status, String said) throws Exception {
        try (HostileServer server = new HostileServer(new byte[1], 14)) {
            server.at("/gone", status, "X", "y");
            assertThatThrownBy(() -> fetch(request(server.address().resolve("/gone"), folder, null)))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining(said);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void whatNeverPassesIsGivenUp() throws Exception {
        try (HostileServer server = new HostileServer(new byte[9], 15).doing(100, BUSY)) {
            List<String> lines = new CopyOnWriteArrayList<>();
            Logger logger = Logger.getLogger(FetchPatience.class.getName());
            // Another test's service may have let errors through alone, for the whole process.
            logger.setLevel(Level.WARNING);
            logger.setFilter(line -> {
                lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
                return false;
            });
            try {
                assertThatThrownBy(() -> fetch(request(server.address(), folder, null)))
                        .hasMessageContaining("9 tries in a row failed")
                        .hasMessageContaining("answers 503");
            } finally {
                logger.setFilter(null);
                logger.setLevel(null);
            }
            assertThat(lines).hasSize(8);
            assertThat(lines.getFirst())
                    .startsWith("WARNING " + server.address() + " could not be fetched, because: ")
                    .contains("answers 503", " s; 9 in a row without progress end it, so far 1");
        }
    }

    @Test
    void theTokenStaysWithItsHost() throws Exception {
        byte[] file = bytes(16, 40_000);
        try (HostileServer server = new HostileServer(file, 16)) {
            String other = server.address().toString().replace("127.0.0.1", "localhost");
            server.at("/moved", 302, "Location", other);
            FetchRequest request = new FetchRequest(
                    server.address().resolve("/moved"),
                    folder,
                    "file.bin",
                    sha256(file),
                    true,
                    "secret",
                    1 << 20,
                    2,
                    PART,
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1));
            fetch(request);
            assertThat(request.target()).hasBinaryContent(file);
            assertThat(server.requests())
                    .filteredOn(line -> line.startsWith("/moved"))
                    .allMatch(line -> line.endsWith(" Bearer secret"));
            assertThat(server.requests())
                    .filteredOn(line -> line.startsWith("/file"))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("localhost") && line.endsWith(" null"));
        }
    }

    @Test
    void redirectsEndSomewhereOrAreRefused() throws Exception {
        try (HostileServer server = new HostileServer(new byte[9], 17)) {
            server.at("/round", 302, "Location", "/round");
            server.at("/ftp", 302, "Location", "ftp://example.com/file");
            server.at("/nowhere", 302, "X", "y");
            assertThatThrownBy(() -> fetch(request(server.address().resolve("/round"), folder, null)))
                    .hasMessageContaining("redirects more than 5 times");
            assertThatThrownBy(() -> fetch(request(server.address().resolve("/ftp"), folder, null)))
                    .hasMessageContaining("is not an https address");
            assertThatThrownBy(() -> fetch(request(server.address().resolve("/nowhere"), folder, null)))
                    .hasMessageContaining("without saying where");
        }
    }

    private static Fetch.Result fetch(FetchRequest request) throws IOException, InterruptedException {
        return new Fetch(request, (done, total) -> {}).run();
    }

    private static FetchRequest request(URI address, Path folder, String sha256) {
        return new FetchRequest(
                address,
                folder,
                "file.bin",
                sha256,
                true,
                null,
                1L << 30,
                3,
                PART,
                9,
                Duration.ofMillis(2),
                Duration.ofMillis(200));
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
