package dev.altiplano.server.config;

import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.checkpoint.fetch.ModelAddress;
import dev.altiplano.engine.checkpoint.fetch.ModelCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    private final boolean temporary;

    private ModelFiles(Path path, boolean temporary) {
        this.path = path;
        this.temporary = temporary;
    }

    /**
     * Returns when they are there.
     *
     * @param environment how to fetch, as {@link FetchEnvironment} says
     * @throws FetchException what keeps the files from coming, and what to do
     */
    static ModelFiles of(ModelSettings model, Map<String, String> environment, LoadListener listener)
            throws InterruptedException {
        if (model.path() != null) {
            return new ModelFiles(configured(model, model.path(), environment, listener), false);
        }
        return embedded();
    }

    static ModelFiles embedded() {
        try {
            ModelFiles files = new ModelFiles(Files.createTempDirectory("altiplano-demo-"), true);
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

    private static Path configured(
            ModelSettings model, String path, Map<String, String> environment, LoadListener listener)
            throws InterruptedException {
        ModelAddress address = ModelAddress.of(path, environment);
        if (address instanceof ModelAddress.Local(Path local)) {
            return local;
        }
        log.info("Fetching {} into {}, unless it is there", address, model.cache());
        listener.progress(LoadListener.Phase.DOWNLOADING, 0, 1);
        try {
            return new ModelCache(model.cache(), model.include(), model.sha256(), environment)
                    .fetch(address, (done, total) -> listener.progress(LoadListener.Phase.DOWNLOADING, done, total));
        } catch (IOException e) {
            throw new FetchException(address + " could not be fetched into " + model.cache() + ": " + e
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
