package dev.altiplano.tool.fetch;

import dev.altiplano.engine.checkpoint.fetch.Fetch;
import dev.altiplano.engine.checkpoint.fetch.FetchNetwork;
import dev.altiplano.engine.checkpoint.fetch.FetchRequest;
import dev.altiplano.engine.checkpoint.fetch.FileCopy;
import dev.altiplano.engine.checkpoint.fetch.HubAddress;
import dev.altiplano.engine.checkpoint.fetch.HubFetch;
import dev.altiplano.engine.checkpoint.fetch.HubListing;
import dev.altiplano.engine.checkpoint.fetch.HubListing.HubFile;
import dev.altiplano.engine.checkpoint.fetch.ModelAddress;
import dev.altiplano.tool.console.ByteText;
import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.console.TokenFile;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
                    "An https address; s3://BUCKET/KEY for a public object; hf:OWNER/NAME[@REVISION] for a model of"
                            + " the hub that HF_ENDPOINT names, with the token in HF_TOKEN; or file: with a file or a folder.")
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
            description = "Of a model on a hub, fetch only weights with matching names, for example '*Q4_K_M.gguf'.")
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
        switch (ModelAddress.of(url, environment)) {
            case ModelAddress.Hub(HubAddress model) -> fetchModel(model, environment);
            case ModelAddress.Remote(URI address) -> fetchFile(address, environment);
            case ModelAddress.Local(Path source) -> copy(source);
        }
        return 0;
    }

    private void fetchFile(URI address, Map<String, String> environment) throws IOException, InterruptedException {
        FetchRequest request = request(address, name == null ? FetchRequest.nameOf(address) : name, allowHttp, token());
        try (ProgressBar bar = bar(request.name())) {
            say(request.target(), new Fetch(request, FetchNetwork.of(environment), bar).run(), request.sha256());
        }
    }

    private void copy(Path source) throws IOException {
        if (!url.toLowerCase(Locale.ROOT).startsWith("file:")) {
            throw new ToolException(url + " is not an address: write https:, s3:, hf:OWNER/NAME or file:");
        }
        List<Path> files = FileCopy.files(source);
        if (files.size() != 1 && (sha256 != null || name != null)) {
            throw new ToolException("--sha256 and --name are for one file: " + source + " has " + files.size());
        }
        String sum = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
        for (Path file : files) {
            String target = name == null ? file.getFileName().toString() : name;
            try (ProgressBar bar = bar(target)) {
                say(folder.resolve(target), FileCopy.copy(file, folder.resolve(target), sum, bar), sum);
            }
        }
    }

    private void fetchModel(HubAddress model, Map<String, String> environment)
            throws IOException, InterruptedException {
        if (sha256 != null || name != null) {
            throw new ToolException("--sha256 and --name are for one file: the files of a hub's model have their own");
        }
        String stated = environment.getOrDefault("HF_TOKEN", "").strip();
        String token = tokenFile == null && !stated.isEmpty() ? stated : token();
        HubFetch hub = new HubFetch(
                model,
                include,
                request(model.endpoint(), "model", allowHttp || model.allowsHttp(), token),
                FetchNetwork.of(environment));
        HubListing needed = hub.needed();
        out().println(model + " is commit " + needed.commit() + ": "
                + needed.files().size() + " files");
        for (HubFile file : needed.files()) {
            try (ProgressBar bar = bar(file.path())) {
                say(folder.resolve(file.path()), hub.fetch(needed.commit(), file, folder, bar), null);
            }
        }
    }

    private ProgressBar bar(String file) {
        return ProgressBar.of("fetch " + file, spec.commandLine().getErr());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void say(Path file, Fetch.Result result, @Nullable String sum) throws IOException {
        String said = switch (result) {
            case FETCHED -> "fetched, ";
            case PRESENT -> "there already, ";
        };
        out().println(file + ": " + said + ByteText.of(Files.size(file)) + (sum == null ? "" : ", SHA-256 as wanted"));
    }

    private FetchRequest request(URI address, String file, boolean http, @Nullable String token) {
        return new FetchRequest(
                address,
                folder,
                file,
                sha256,
                http,
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
