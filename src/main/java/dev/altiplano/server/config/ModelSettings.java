package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.parsed;
import static dev.altiplano.server.config.SettingChecks.require;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.checkpoint.fetch.ModelAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which model is served.
 *
 * @param size The size to expect: demo (embedded), 7B, 13B, 30B, 65B, or auto (whatever the files hold). Without a value: demo, or auto where a path is set.
 * @param path A folder as Meta ships it, a GGUF file, or a Hugging Face folder; or an address that is fetched from first: hf:OWNER/NAME[@REVISION], https:, s3: or file:.
 * @param cacheDir Where models that are fetched are kept for the next start.
 * @param include Of a hub's model fetch the weights whose names fit these patterns, for example *Q4_K_M.gguf. Only where path is hf:.
 * @param sha256 The SHA-256 of a model that is one file at an address. Only where path is https:, http: or s3:.
 * @param id The name that clients put into "model". Without a value: the name of the file or folder.
 * @param aliases Other names that clients may put into "model"; * accepts any.
 * @param weights How weights are held in memory: file (as stored), f32 (exact arithmetic, KV cache included), or f16, bf16, q8_0, q6_k, q5_k, q4_k, q4_0 (made while loading).
 * @param packedCache A packed copy of the weights for the next start: off, beside (the model), or a folder to keep it in.
 * @param verifyChecksums Whether checklist.chk is checked while loading.
 * @param chatTemplate Chat template: llama2, llama3, mistral, mistral-v3-tekken, mistral-v7-tekken, mistral-v11-tekken, mistral-v13-tekken, chatml, alpaca, or a file with one. Without a value: the model's own, or one that fits its control tokens.
 * @param maxDivergence The most by which the model may differ from the one that it was quantized from, as its file says it was measured: mean KL divergence in nats. Without a value: any, also where the file does not say.
 * @param exitAfterFailure How long the process stays up to say why the model could not be loaded; 0 is for ever.
 */
public record ModelSettings(
        @Nullable String size,
        @Nullable String path,
        @Nullable Path cacheDir,
        @DefaultValue List<String> include,
        @Nullable String sha256,
        @Nullable String id,
        @DefaultValue List<String> aliases,
        @DefaultValue("file") String weights,
        @DefaultValue("off") String packedCache,
        @DefaultValue("true") boolean verifyChecksums,
        @Nullable Double maxDivergence,
        @DefaultValue("10m") Duration exitAfterFailure,
        @Nullable String chatTemplate) {

    private static final List<String> SIZES = List.of("demo", "7B", "13B", "30B", "65B", "auto");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}");
    private static final String ID_RULE =
            "at most 128 letters, digits and . _ : / @ + -, beginning with a letter or digit";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String ANY = "*";

    public ModelSettings {
        path = path == null || path.isBlank() ? null : path.strip();
        cacheDir = cacheDir == null || cacheDir.toString().isBlank() ? usualCache() : cacheDir;
        include = List.copyOf(include);
        sha256 = sha256 == null || sha256.isBlank() ? null : sha256.strip().toLowerCase(Locale.ROOT);
        ModelAddress address = checkedAddress("altiplano.model.path", path);
        require(
                sha256 == null || SHA256.matcher(sha256).matches(),
                "altiplano.model.sha256",
                sha256,
                "64 hexadecimal digits");
        require(
                sha256 == null || address instanceof ModelAddress.Remote,
                "altiplano.model.sha256",
                sha256,
                "left out unless altiplano.model.path is the https:, http: or s3: address of a file: nothing else is checked by it");
        require(
                include.isEmpty() || address instanceof ModelAddress.Hub,
                "altiplano.model.include",
                String.join(", ", include),
                "left out unless altiplano.model.path is hf:OWNER/NAME: it chooses among a hub's files");
        id = id == null || id.isBlank() ? null : id;
        chatTemplate = chatTemplate == null || chatTemplate.isBlank() ? null : chatTemplate;
        size = canonicalSize(size, path);
        require(SIZES.contains(size), "altiplano.model.size", size, "one of " + String.join(", ", SIZES));
        require(
                size.equals("demo") == (path == null),
                "altiplano.model.size",
                size,
                path == null
                        ? "demo unless altiplano.model.path names the files"
                        : "7B, 13B, 30B, 65B or auto, because altiplano.model.path is set");
        require(id == null || ID.matcher(id).matches(), "altiplano.model.id", id, ID_RULE);
        for (String alias : aliases) {
            require(
                    alias.equals(ANY) || ID.matcher(alias).matches(),
                    "altiplano.model.aliases",
                    alias,
                    "* (any name), or names of " + ID_RULE);
        }
        aliases = List.copyOf(aliases);
        packedCache = packedCache.isBlank() ? "off" : packedCache.strip();
        require(
                maxDivergence == null || maxDivergence >= 0,
                "altiplano.model.max-divergence",
                maxDivergence,
                "0 or more");
        require(
                maxDivergence == null || weights.strip().equalsIgnoreCase("file"),
                "altiplano.model.weights",
                weights,
                "file where altiplano.model.max-divergence is set: what was measured are the weights as they are stored");
        SettingChecks.between(
                exitAfterFailure, Duration.ZERO, Duration.ofDays(1), "altiplano.model.exit-after-failure");
    }

    private static String canonicalSize(@Nullable String size, @Nullable String path) {
        if (size == null || size.isBlank()) {
            return path == null ? "demo" : "auto";
        }
        return SIZES.stream().filter(size::equalsIgnoreCase).findAny().orElse(size);
    }

    /** Where {@code path} is; null where it is null. */
    static @Nullable ModelAddress checkedAddress(String setting, @Nullable String path) {
        try {
            return path == null ? null : ModelAddress.of(path, Map.of());
        } catch (FetchException e) {
            throw new InvalidSettingException(
                    setting,
                    path,
                    "a path, hf:OWNER/NAME[@REVISION], an https: or s3: address of a file, or file: with a path ("
                            + e.getMessage() + ")");
        }
    }

    private static Path usualCache() {
        String stated = System.getenv("XDG_CACHE_HOME");
        Path caches = stated == null || stated.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(stated);
        return caches.resolve("altiplano").resolve("models");
    }

    /** Where files that are fetched go. */
    public Path cache() {
        return cacheDir == null ? usualCache() : cacheDir;
    }

    /** The name under which the model is served. */
    public String servedId() {
        if (id != null) {
            return id;
        }
        if (path == null) {
            return "altiplano-demo";
        }
        String name = ModelAddress.of(path, Map.of()).name().replaceAll("(?i)\\.gguf$", "");
        String clean = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        return clean.isEmpty() ? "llama" : clean;
    }

    /** Whether a client that asks for {@code name} means this model. */
    public boolean serves(String name) {
        return names(name) || aliases.contains(ANY);
    }

    /** Whether {@code name} is the model's id or an alias. */
    public boolean names(String name) {
        return names().contains(name);
    }

    /** The model's id and its aliases. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        names.add(servedId());
        names.addAll(aliases);
        names.remove(ANY);
        return names;
    }

    /** The same in the engine's words, for files at {@code files}. */
    EngineOptions.Model options(Path files) {
        String expected = String.valueOf(size);
        return new EngineOptions.Model(
                        files,
                        servedId(),
                        expected.equals("demo") ? "auto" : expected,
                        parsed("altiplano.model.weights", weights, EngineOptions::weightFormat),
                        path == null ? "off" : packedCache,
                        verifyChecksums)
                .withChatTemplate(chatTemplate);
    }
}
