package dev.altiplano.server.security;

import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.InvalidSettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The keys in force, from the file that {@code altiplano.api.keys-file} names; without it everyone may ask.
 *
 * <p>The file is read every {@value #POLL_MS} ms, whatever its time stamps say: a mounted secret changes by swapping links. A
 * new content takes effect once two readings agree, so that a file in the middle of being written does not; one that cannot be
 * used changes nothing but the log; one without any key takes all of them back. Names that stay keep what is counted for them.
 */
@Component
public final class ApiKeys implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);
    private static final String SETTING = "altiplano.api.keys-file";
    private static final String SCHEME = "Bearer ";
    static final int POLL_MS = 500;

    private final @Nullable Path file;
    private final @Nullable Thread reader;
    private volatile KeyRing ring = new KeyRing(List.of());
    private volatile boolean rejected;

    // What follows belongs to the reading thread once it has started.
    private Map<String, Caller> callers = Map.of();
    private byte[] decided = {};
    private boolean decidedIsUsable = true;
    private byte @Nullable [] candidate;
    private String trouble = "";

    ApiKeys(AltiplanoProperties properties) {
        file = properties.api().keysFile();
        if (file == null) {
            reader = null;
            return;
        }
        try {
            byte[] content = read(file);
            decided = KeyRing.sha256(content);
            use(content);
            if (ring.size() == 0) {
                throw new KeyFileException("there is no key in the file; a line is: name key");
            }
        } catch (KeyFileException | IOException e) {
            throw new InvalidSettingException(SETTING, file, "a readable file with keys: " + e.getMessage());
        }
        log.info("API keys: {} of {} names from {}", ring.size(), callers.size(), file);
        reader = Thread.ofPlatform().name("altiplano-keys").daemon().start(() -> follow(file));
    }

    /** How many keys are valid. */
    public int count() {
        return ring.size();
    }

    /** Whether the file's present content cannot be used, so that earlier keys stay in force. */
    public boolean rejected() {
        return rejected;
    }

    /** Whether a key is needed at all. */
    public boolean required() {
        return file != null;
    }

    /** The caller that {@code authorization}, a header's value, proves to be; null where it proves nothing. */
    public @Nullable Caller caller(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        return ring.find(authorization.substring(SCHEME.length()).strip());
    }

    private void follow(Path from) {
        try {
            while (true) {
                Thread.sleep(POLL_MS);
                look(from);
            }
        } catch (InterruptedException e) {
            // The service stops.
        }
    }

    private void look(Path from) {
        try {
            byte[] content = read(from);
            byte[] hash = KeyRing.sha256(content);
            if (MessageDigest.isEqual(hash, decided)) {
                candidate = null;
                trouble = "";
                rejected = !decidedIsUsable;
            } else if (candidate == null || !MessageDigest.isEqual(hash, candidate)) {
                candidate = hash;
            } else {
                candidate = null;
                decided = hash;
                trouble = "";
                decidedIsUsable = false;
                use(content);
                decidedIsUsable = true;
                rejected = false;
                if (ring.size() == 0) {
                    log.warn("API keys: {} has been emptied, so no key is valid any more", from);
                } else {
                    log.info("API keys have changed: {} of {} names from {}", ring.size(), callers.size(), from);
                }
            }
        } catch (KeyFileException | IOException | RuntimeException | OutOfMemoryError e) {
            candidate = null;
            String now = e instanceof IOException ? "it cannot be read (" + e + ")" : String.valueOf(e.getMessage());
            if (!now.equals(trouble)) {
                trouble = now;
                rejected = true;
                log.error("API keys stay as they were; {} has changed and cannot be used: {}", from, now);
            }
        }
    }

    private static byte[] read(Path from) throws IOException {
        if (!Files.isRegularFile(from)) {
            throw new IOException("there is no such file");
        }
        try (InputStream in = Files.newInputStream(from)) {
            return in.readNBytes(KeyFile.MAX_BYTES + 1);
        }
    }

    private void use(byte[] content) throws KeyFileException {
        List<KeyRing.Held> keys = new ArrayList<>();
        Map<String, Caller> named = new HashMap<>();
        for (KeyFile.Entry entry : KeyFile.parse(content)) {
            Caller known = callers.get(entry.name());
            Caller caller = known == null ? Caller.of(entry) : known;
            caller.limit(entry.limits());
            named.put(entry.name(), caller);
            for (byte[] hash : entry.hashes()) {
                keys.add(new KeyRing.Held(hash, caller));
            }
        }
        callers = named;
        ring = new KeyRing(keys);
    }

    @Override
    public void destroy() throws InterruptedException {
        if (reader != null) {
            reader.interrupt();
            reader.join(1000);
        }
    }
}
