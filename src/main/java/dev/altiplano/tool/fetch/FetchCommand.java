package dev.altiplano.tool.fetch;

import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.console.TokenFile;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches one file of a model, or a model from a hub. */
@Command(
        name = "fetch",
        description = {
            "Fetches a file from URL into DIR, by ranges, several at a time; or what a model needs, from a hub.",
            "What was cut is taken up where it broke, by the same command too. A file that is there already is left alone.",
            "Under its name the file appears complete and checked, or not at all."
        },
        mixinStandardHelpOptions = true)
public final class FetchCommand implements Callable<Integer> {

    private static final long PART_BYTES = 32L << 20;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            description =
                    "An https address; s3://BUCKET/KEY for a public object; or hf:OWNER/NAME[@REVISION] for a model of"
                            + " the hub that HF_ENDPOINT names, with the token in HF_TOKEN.")
    private String url = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "The folder; made if it does not exist.")
    private Path folder = Path.of(".");

    @Option(names = "--sha256", paramLabel = "HEX", description = "The file's SHA-256; what differs is deleted.")
    private @Nullable String sha256;

    @Option(names = "--name", paramLabel = "NAME", description = "The file's name; the address's last part by default.")
    private @Nullable String name;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Of a hub's model fetch the weights whose names fit, for example '*Q4_K_M.gguf'.")
    private List<String> include = List.of();

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
        Map<String, String> environment = System.getenv();
        FetchNetwork network = FetchNetwork.of(environment);
        if (url.startsWith(HubAddress.SCHEME)) {
            fetchModel(environment, network);
            return 0;
        }
        URI address = address(environment);
        FetchRequest request = request(address, name == null ? FetchRequest.nameOf(address) : name, token());
        try (ProgressBar bar =
                ProgressBar.of("fetch " + request.name(), spec.commandLine().getErr())) {
            Fetch.Result result = new Fetch(request, network, bar).run();
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

    private void fetchModel(Map<String, String> environment, FetchNetwork network)
            throws IOException, InterruptedException {
        if (sha256 != null || name != null) {
            throw new ToolException("--sha256 and --name are for one file: the files of a hub's model have their own");
        }
        HubAddress model = HubAddress.of(url, environment);
        String stated = environment.getOrDefault("HF_TOKEN", "").strip();
        String token = tokenFile == null && !stated.isEmpty() ? stated : token();
        new HubFetch(model, include, request(model.endpoint(), "model", token), network)
                .run(spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    private URI address(Map<String, String> environment) {
        try {
            return url.startsWith("s3:") ? S3Address.https(url, environment) : new URI(url);
        } catch (URISyntaxException e) {
            throw new ParameterException(spec.commandLine(), "URL is no address: " + e.getReason());
        }
    }

    private FetchRequest request(URI address, String file, @Nullable String token) {
        return new FetchRequest(
                address,
                folder,
                file,
                sha256,
                allowHttp || url.startsWith(HubAddress.SCHEME) && "http".equalsIgnoreCase(address.getScheme()),
                token,
                maxBytes,
                parallel,
                PART_BYTES,
                attempts,
                Duration.ofMillis(500),
                Duration.ofSeconds(60));
    }

    private @Nullable String token() throws IOException {
        return tokenFile == null ? null : TokenFile.read(tokenFile);
    }
}
