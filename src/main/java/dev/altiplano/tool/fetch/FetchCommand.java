package dev.altiplano.tool.fetch;

import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.console.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches one file of a model. */
@Command(
        name = "fetch",
        description = {
            "Fetches a file from URL into DIR, by ranges, several at a time.",
            "What was cut is taken up where it broke, by the same command too. A file that is there already is left alone.",
            "Under its name the file appears complete and checked, or not at all."
        },
        mixinStandardHelpOptions = true)
public final class FetchCommand implements Callable<Integer> {

    private static final long PART_BYTES = 32L << 20;

    @Parameters(index = "0", paramLabel = "URL", description = "An https address.")
    private URI url = URI.create("https://localhost");

    @Parameters(index = "1", paramLabel = "DIR", description = "The folder; made if it does not exist.")
    private Path folder = Path.of(".");

    @Option(names = "--sha256", paramLabel = "HEX", description = "The file's SHA-256; what differs is deleted.")
    private @Nullable String sha256;

    @Option(names = "--name", paramLabel = "NAME", description = "The file's name; the address's last part by default.")
    private @Nullable String name;

    @Option(names = "--parallel", paramLabel = "N", description = "Ranges at the same time (${DEFAULT-VALUE}).")
    private int parallel = 4;

    @Option(names = "--max-bytes", paramLabel = "N", description = "Refuse a larger file (${DEFAULT-VALUE}).")
    private long maxBytes = 1L << 40;

    @Option(
            names = "--attempts",
            paramLabel = "N",
            description = "Failures in a row until it gives up (${DEFAULT-VALUE}).")
    private int attempts = 10;

    @Option(names = "--allow-http", description = "Accept http, where anybody on the way can change the file.")
    private boolean allowHttp;

    @Option(
            names = "--bearer-token-file",
            paramLabel = "FILE",
            description = "Send the token in FILE, to the address's own host only.")
    private @Nullable Path tokenFile;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        FetchRequest request = new FetchRequest(
                url,
                folder,
                name == null ? FetchRequest.nameOf(url) : name,
                sha256,
                allowHttp,
                token(),
                maxBytes,
                parallel,
                PART_BYTES,
                attempts,
                Duration.ofMillis(500),
                Duration.ofSeconds(60));
        try (ProgressBar bar =
                ProgressBar.of("fetch " + request.name(), spec.commandLine().getErr())) {
            Fetch.Result result = new Fetch(request, bar).run();
            String said = switch (result) {
                case FETCHED -> "fetched, ";
                case PRESENT -> "there already, ";
            };
            spec.commandLine()
                    .getOut()
                    .println(request.target() + ": " + said
                            + ByteText.of(Files.size(request.target()))
                            + (request.sha256() == null ? "" : ", SHA-256 as wanted"));
        }
        return 0;
    }

    private @Nullable String token() throws IOException {
        return tokenFile == null ? null : TokenFile.read(tokenFile);
    }
}
