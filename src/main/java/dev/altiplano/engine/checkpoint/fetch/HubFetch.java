package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.fetch.HubListing.HubFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a model from a hub: asks which files its revision has, and brings those that are needed, each checked against the
 * hub's checksum. Files that are there already are left alone, so that the same fetch goes on where it broke off.
 */
public final class HubFetch {

    private final HubAddress model;
    private final List<String> include;
    private final FetchRequest pattern;
    private final FetchNetwork network;

    /**
     * @param include glob patterns of the weights that are wanted; empty takes those that the model needs
     * @param pattern token and patience for all files; its address, folder and name are replaced
     */
    public HubFetch(HubAddress model, List<String> include, FetchRequest pattern, FetchNetwork network) {
        this.model = model;
        this.include = List.copyOf(include);
        this.pattern = pattern;
        this.network = network;
    }

    /** The commit that the revision means now, and those of its files that are needed. */
    public HubListing needed() throws IOException, InterruptedException {
        HubListing listing = listing();
        HubListing needed = new HubListing(listing.commit(), HubSelection.of(listing, include, model));
        if (needed.bytes() > pattern.maxBytes()) {
            throw new FetchException(model + " has " + needed.bytes() + " bytes, and at most " + pattern.maxBytes()
                    + " are wanted: raise the limit if that is right");
        }
        return needed;
    }

    /** Fetches {@code file} of {@code commit} to its place in {@code folder}, unless it is there already. */
    public Fetch.Result fetch(String commit, HubFile file, Path folder, Progress progress)
            throws IOException, InterruptedException {
        FetchRequest request = request(model.file(commit, file.path()), folder.resolve(file.path()), file.sha256());
        Fetch.Result result = new Fetch(request, network, progress).run();
        if (file.bytes() >= 0 && Files.size(request.target()) != file.bytes()) {
            throw differs(
                    request.target(), result, "has " + Files.size(request.target()) + " bytes, not " + file.bytes());
        }
        if (file.blob() != null && !GitBlob.sha1(request.target()).equals(file.blob())) {
            throw differs(request.target(), result, "is not the file that the hub lists");
        }
        return result;
    }

    private static FetchException differs(Path file, Fetch.Result result, String how) throws IOException {
        if (result == Fetch.Result.FETCHED) {
            Files.deleteIfExists(file);
            return new FetchException(file + " " + how + ": what came was deleted; try again");
        }
        return new FetchException(file + " exists and " + how + ": remove it, or choose another folder");
    }

    private HubListing listing() throws IOException, InterruptedException {
        FetchRequest request = request(model.listing(), pattern.folder().resolve("listing"), null);
        FetchPatience patience = new FetchPatience(request, () -> false);
        byte[] json = patience.call(() -> 0, () -> {
            FetchSource.Reply reply = new FetchSource(request, network).open(0, Long.MAX_VALUE, "");
            try (InputStream body = reply.body()) {
                return body.readNBytes(HubListing.MAX_BYTES + 1);
            }
        });
        if (json.length > HubListing.MAX_BYTES) {
            throw new FetchException(
                    model + ": the hub's list of files is longer than " + HubListing.MAX_BYTES + " bytes");
        }
        return HubListing.read(model, json);
    }

    private FetchRequest request(URI address, Path target, @Nullable String sha256) {
        Path folder = target.getParent();
        return new FetchRequest(
                address,
                folder == null ? Path.of("") : folder,
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
