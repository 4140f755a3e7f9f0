package dev.altiplano.tool.fetch;

import dev.altiplano.tool.console.ProgressBar;
import dev.altiplano.tool.console.ToolException;
import dev.altiplano.tool.fetch.HubListing.HubFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a model from a hub: asks which files its revision has, and brings those that are needed, each checked against the
 * hub's checksum. Files that are there already are left alone, so that the same command goes on where it broke off.
 */
final class HubFetch {

    private final HubAddress model;
    private final List<String> include;
    private final FetchRequest pattern;
    private final FetchNetwork network;

    /**
     * @param include glob patterns of the weights that are wanted; empty takes those that the model needs
     * @param pattern folder, token and patience for all files; its address and name are replaced
     */
    HubFetch(HubAddress model, List<String> include, FetchRequest pattern, FetchNetwork network) {
        this.model = model;
        this.include = List.copyOf(include);
        this.pattern = pattern;
        this.network = network;
    }

    /** Fetches all files and says so; throws {@link ToolException} with what to change. */
    void run(PrintWriter out, PrintWriter err) throws IOException, InterruptedException {
        HubListing listing = listing();
        List<HubFile> files = HubSelection.of(listing, include, model);
        long bytes = files.stream().mapToLong(HubFile::bytes).sum();
        if (bytes > pattern.maxBytes()) {
            throw new ToolException(model + " has " + bytes + " bytes, and at most " + pattern.maxBytes()
                    + " are wanted: raise --max-bytes if that is right");
        }
        out.println(model + " is commit " + listing.commit() + ": " + files.size() + " files");
        for (HubFile file : files) {
            fetch(listing, file, out, err);
        }
    }

    private void fetch(HubListing listing, HubFile file, PrintWriter out, PrintWriter err)
            throws IOException, InterruptedException {
        FetchRequest request = request(model.file(listing.commit(), file.path()), file.path(), file.sha256());
        Fetch.Result result;
        try (ProgressBar progress = ProgressBar.of("fetch " + file.path(), err)) {
            result = new Fetch(request, network, progress).run();
        }
        if (file.bytes() >= 0 && Files.size(request.target()) != file.bytes()) {
            throw differs(
                    request.target(), result, "has " + Files.size(request.target()) + " bytes, not " + file.bytes());
        }
        if (file.blob() != null && !GitBlob.sha1(request.target()).equals(file.blob())) {
            throw differs(request.target(), result, "is not the file that the hub lists");
        }
        out.println(request.target() + ": " + (result == Fetch.Result.FETCHED ? "fetched" : "there already"));
    }

    private static ToolException differs(Path file, Fetch.Result result, String how) throws IOException {
        if (result == Fetch.Result.FETCHED) {
            Files.deleteIfExists(file);
            return new ToolException(file + " " + how + ": what came was deleted; try again");
        }
        return new ToolException(file + " exists and " + how + ": remove it, or choose another folder");
    }

    private HubListing listing() throws IOException, InterruptedException {
        FetchRequest request = request(model.listing(), "listing", null);
        FetchPatience patience = new FetchPatience(request, () -> false);
        byte[] json = patience.call(() -> 0, () -> {
            FetchSource.Reply reply = new FetchSource(request, network).open(0, Long.MAX_VALUE, "");
            try (InputStream body = reply.body()) {
                return body.readNBytes(HubListing.MAX_BYTES + 1);
            }
        });
        if (json.length > HubListing.MAX_BYTES) {
            throw new ToolException(
                    model + ": the hub's list of files is longer than " + HubListing.MAX_BYTES + " bytes");
        }
        return HubListing.read(model, json);
    }

    private FetchRequest request(URI address, String path, @Nullable String sha256) {
        Path target = pattern.folder().resolve(path);
        Path folder = target.getParent();
        return new FetchRequest(
                address,
                folder == null ? pattern.folder() : folder,
                String.valueOf(target.getFileName()),
                sha256,
                pattern.allowHttp() || model.allowsHttp(),
                pattern.bearerToken(),
                pattern.maxBytes(),
                pattern.parallel(),
                pattern.partBytes(),
                pattern.attempts(),
                pattern.backoff(),
                pattern.silence());
    }
}
