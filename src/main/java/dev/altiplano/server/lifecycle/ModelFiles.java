package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.checkpoint.fetch.ModelAddress;
import dev.altiplano.engine.checkpoint.fetch.ModelCache;
import dev.altiplano.server.config.ModelSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the model's files are: at the configured path, fetched into the cache from the configured address, or, for the embedded
 * model, copied from the jar into a private folder that {@link #close} deletes.
 */
final class ModelFiles implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelFiles.class);
    private static final String EMBEDDED = "/model/demo/";
    private static final List<String> EMBEDDED_FILES = List.of(
            "params.json", "consolidated.00.pth", "tokenizer.model", "checklist.chk", "tokenizer_checklist.chk");

    private final Path path;
    private final @Nullable Path draft;
    private final boolean temporary;

    private ModelFiles(Path path, @Nullable Path draft, boolean temporary) {
        this.path = path;
        this.draft = draft;
        this.temporary = temporary;
    }

    /**
     * Returns when they are there.
     *
     * @param draft where the draft model is, or null
     * @param environment how to fetch, as {@link FetchEnvironment} says
     * @throws FetchException what keeps the files from coming, and what to do
     */
    static ModelFiles of(
            ModelSettings model, @Nullable String draft, Map<String, String> environment, LoadListener listener)
            throws InterruptedException {
        Path drafts = draft == null ? null : at(draft, model.cache(), List.of(), null, environment, listener);
        if (model.path() == null) {
            return embedded(drafts);
        }
        Path files = at(model.path(), model.cache(), model.include(), model.sha256(), environment, listener);
        return new ModelFiles(files, drafts, false);
    }

    static ModelFiles embedded(@Nullable Path draft) {
        try {
            ModelFiles files = new ModelFiles(Files.createTempDirectory("altiplano-demo-"), draft, true);
            try {
                files.copyEmbedded();
                return files;
            } catch (IOException | RuntimeException e) {
                files.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded model could not be copied to a temporary folder", e);
        }
    }

    private static Path at(
            String path,
            Path cache,
            List<String> include,
            @Nullable String sha256,
            Map<String, String> environment,
            LoadListener listener)
            throws InterruptedException {
        ModelAddress address = ModelAddress.of(path, environment);
        if (address instanceof ModelAddress.Local(Path local)) {
            return local;
        }
        log.info("Fetching {} into {}, unless it is there", address, cache);
        listener.progress(LoadListener.Phase.DOWNLOADING, 0, 1);
        try {
            return new ModelCache(cache, include, sha256, environment)
                    .fetch(address, (done, total) -> listener.progress(LoadListener.Phase.DOWNLOADING, done, total));
        } catch (IOException e) {
            throw new FetchException(address + " could not be fetched into " + cache + ": " + e
                    + "; altiplano.model.cache-dir names the folder");
        }
    }

    private void copyEmbedded() throws IOException {
        // Also deleted when the process ends in the middle of loading; the folder is registered first because it goes
        // last.
        path.toFile().deleteOnExit();
        for (String name : EMBEDDED_FILES) {
            path.resolve(name).toFile().deleteOnExit();
            try (InputStream in = ModelFiles.class.getResourceAsStream(EMBEDDED + name)) {
                if (in == null) {
                    throw new IllegalStateException("The embedded model is not complete: " + EMBEDDED + name
                            + " is missing; set altiplano.model.path");
                }
                Files.copy(in, path.resolve(name));
            }
        }
    }

    Path path() {
        return path;
    }

    /** Where the draft model is; null where there is none. */
    @Nullable
    Path draft() {
        return draft;
    }

    /** Deletes the copy, if it is one. */
    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try {
            for (String name : EMBEDDED_FILES) {
                Files.deleteIfExists(path.resolve(name));
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A file that is still mapped cannot be deleted on some systems: it goes with the process.
            log.debug("{} is deleted at the end", path, e);
        }
    }
}
