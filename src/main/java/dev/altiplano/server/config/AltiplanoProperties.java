package dev.altiplano.server.config;

import static dev.altiplano.server.config.InvalidSettingException.require;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** All settings of the service. A value outside its range, or a name that does not exist, stops the start. */
@ConfigurationProperties(prefix = "altiplano", ignoreUnknownFields = false)
public record AltiplanoProperties(
        @DefaultValue Model model,
        @DefaultValue Engine engine,
        @DefaultValue Queue queue,
        @DefaultValue Api api,
        @DefaultValue Tracing tracing) {

    /**
     * Which model is served.
     *
     * @param size The size to expect: demo (embedded), 7B, 13B, 30B, 65B, or auto (whatever the files hold). Without a value: demo, or auto where a path is set.
     * @param path A folder as Meta ships it, a GGUF file, or a Hugging Face folder.
     * @param id The name that clients put into "model". Without a value: the name of the file or folder.
     * @param weights How weights are held in memory: file (as stored), f32 (exact arithmetic, KV cache included), or f16, bf16, q8_0, q6_k, q5_k, q4_k, q4_0 (made while loading).
     * @param packedCache A packed copy of the weights for the next start: off, beside (the model), or a folder to keep it in.
     * @param verifyChecksums Whether checklist.chk is checked while loading.
     */
    public record Model(
            @Nullable String size,
            @Nullable Path path,
            @Nullable String id,
            @DefaultValue("file") String weights,
            @DefaultValue("off") String packedCache,
            @DefaultValue("true") boolean verifyChecksums) {

        private static final Set<String> SIZES = Set.of("demo", "auto", "7B", "13B", "30B", "65B");
        private static final Set<String> WEIGHTS =
                Set.of("file", "f32", "f16", "bf16", "q8_0", "q6_k", "q5_k", "q4_k", "q4_0");

        public Model {
            path = path == null || path.toString().isBlank() ? null : path;
            id = id == null || id.isBlank() ? null : id;
            size = canonicalSize(size, path);
            require(SIZES.contains(size), "altiplano.model.size", size, "one of demo, 7B, 13B, 30B, 65B, auto");
            require(
                    size.equals("demo") == (path == null),
                    "altiplano.model.size",
                    size,
                    path == null
                            ? "demo unless altiplano.model.path names the files"
                            : "7B, 13B, 30B, 65B or auto, because altiplano.model.path is set");
            require(
                    id == null || (id.length() <= 128 && id.matches("[A-Za-z0-9][A-Za-z0-9._:/@+-]*")),
                    "altiplano.model.id",
                    id,
                    "at most 128 letters, digits and . _ : / @ + -, beginning with a letter or digit");
            weights = weights.toLowerCase(Locale.ROOT);
            require(
                    WEIGHTS.contains(weights),
                    "altiplano.model.weights",
                    weights,
                    "file, f32, f16, bf16, q8_0, q6_k, q5_k, q4_k or q4_0");
            packedCache = packedCache.isBlank() ? "off" : packedCache.strip();
        }

        private static String canonicalSize(@Nullable String size, @Nullable Path path) {
            if (size == null || size.isBlank()) {
                return path == null ? "demo" : "auto";
            }
            String lower = size.toLowerCase(Locale.ROOT);
            return SIZES.stream()
                    .filter(known -> known.toLowerCase(Locale.ROOT).equals(lower))
                    .findAny()
                    .orElse(size);
        }

        /** The name under which the model is served. */
        public String servedId() {
            if (id != null) {
                return id;
            }
            if (path == null) {
                return "altiplano-demo";
            }
            Path last = path.toAbsolutePath().normalize().getFileName();
            String name = last == null ? "" : last.toString().replaceAll("(?i)\\.gguf$", "");
            String clean = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
            return clean.isEmpty() ? "llama" : clean;
        }
    }

    /**
     * How it computes.
     *
     * @param threads Threads that compute; 0 is one for each processor of the container.
     * @param backend What computes: auto (the fastest that loads), native, vector or scalar.
     * @param contextLength Longest sequence in tokens, prompt and completion together; 0 takes the model's own.
     * @param maxSequences Most sequences that run together.
     * @param maxBatchTokens Most token rows of one step: what a long prompt may take before the others get their next token.
     * @param kvCacheSize Memory for keys and values; 0 takes enough for max-sequences within the container's memory.
     * @param kvBlockTokens Positions in a KV block, a multiple of 16.
     * @param kvFormat How keys and values are kept: auto (f32 beside f32 weights, otherwise f16), f32, f16 or q8_0.
     * @param prefixCache Whether KV blocks of equal prompt beginnings are reused.
     * @param stuckAfter Liveness fails when the engine has work and has finished no step for this long.
     */
    public record Engine(
            @DefaultValue("0") int threads,
            @DefaultValue("auto") String backend,
            @DefaultValue("0") int contextLength,
            @DefaultValue("32") int maxSequences,
            @DefaultValue("512") int maxBatchTokens,
            @DefaultValue("0B") DataSize kvCacheSize,
            @DefaultValue("32") int kvBlockTokens,
            @DefaultValue("auto") String kvFormat,
            @DefaultValue("true") boolean prefixCache,
            @DefaultValue("10m") Duration stuckAfter) {

        public Engine {
            between(threads, 0, 1024, "altiplano.engine.threads");
            require(
                    backend.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,31}"),
                    "altiplano.engine.backend",
                    backend,
                    "auto, native, vector, scalar, or an instruction set by its name");
            backend = backend.toLowerCase(Locale.ROOT);
            between(contextLength, 0, 1 << 24, "altiplano.engine.context-length");
            between(maxSequences, 1, 4096, "altiplano.engine.max-sequences");
            between(maxBatchTokens, 1, 65536, "altiplano.engine.max-batch-tokens");
            require(
                    maxBatchTokens >= maxSequences,
                    "altiplano.engine.max-batch-tokens",
                    maxBatchTokens,
                    "at least altiplano.engine.max-sequences (" + maxSequences + ")");
            require(
                    !kvCacheSize.isNegative(),
                    "altiplano.engine.kv-cache-size",
                    kvCacheSize,
                    "0 (chosen by the engine) or more");
            require(
                    kvBlockTokens >= 16 && kvBlockTokens <= 1024 && kvBlockTokens % 16 == 0,
                    "altiplano.engine.kv-block-tokens",
                    kvBlockTokens,
                    "a multiple of 16 from 16 to 1024");
            kvFormat = kvFormat.toLowerCase(Locale.ROOT);
            require(
                    Set.of("auto", "f32", "f16", "q8_0").contains(kvFormat),
                    "altiplano.engine.kv-format",
                    kvFormat,
                    "auto, f32, f16 or q8_0");
            between(stuckAfter, Duration.ofSeconds(1), Duration.ofDays(1), "altiplano.engine.stuck-after");
        }
    }

    /**
     * What may wait, and how long.
     *
     * @param capacity Most requests waiting; one more is answered 429.
     * @param tokens Most prompt tokens waiting, over all requests.
     * @param timeout Deadline of a request that names none, from its arrival to its last token.
     * @param maxTimeout Longest deadline that a request may name.
     */
    public record Queue(
            @DefaultValue("256") int capacity,
            @DefaultValue("1048576") long tokens,
            @DefaultValue("10m") Duration timeout,
            @DefaultValue("1h") Duration maxTimeout) {

        public Queue {
            between(capacity, 1, 100_000, "altiplano.queue.capacity");
            between(tokens, 1, 1L << 40, "altiplano.queue.tokens");
            between(timeout, Duration.ofMillis(1), Duration.ofDays(1), "altiplano.queue.timeout");
            require(
                    maxTimeout.compareTo(timeout) >= 0 && maxTimeout.compareTo(Duration.ofDays(1)) <= 0,
                    "altiplano.queue.max-timeout",
                    text(maxTimeout),
                    "from altiplano.queue.timeout (" + text(timeout) + ") to 24h");
        }
    }

    /**
     * Who may ask, and limits at the door.
     *
     * @param keysFile File with API keys; without one, everyone may ask. Read again when it changes.
     * @param openMetrics Whether /metrics and /actuator/prometheus need no key.
     * @param maxBodySize Largest request body; a larger one is answered 413.
     * @param bodyMemory Memory for all bodies that are being read together; beyond it requests are answered 503.
     * @param bodyTimeout A body must be complete this long after the request began.
     * @param maxPrompts Most prompts in one request.
     * @param maxChoices Largest n and best_of.
     * @param maxSequences Most sequences of one request: prompts times best_of.
     * @param maxLogitBias Most entries of logit_bias.
     * @param heartbeat A stream with nothing to say sends a comment this often, so that proxies keep it open.
     * @param writeTimeout A client that takes nothing for this long is cut off and its request cancelled.
     * @param rehearsal Requests of the flood that the service makes for itself once it is ready, so that the first real one finds
     *     everything compiled.
     */
    public record Api(
            @Nullable Path keysFile,
            @DefaultValue("true") boolean openMetrics,
            @DefaultValue("4MB") DataSize maxBodySize,
            @DefaultValue("64MB") DataSize bodyMemory,
            @DefaultValue("30s") Duration bodyTimeout,
            @DefaultValue("128") int maxPrompts,
            @DefaultValue("16") int maxChoices,
            @DefaultValue("256") int maxSequences,
            @DefaultValue("1024") int maxLogitBias,
            @DefaultValue("10s") Duration heartbeat,
            @DefaultValue("10s") Duration writeTimeout,
            @DefaultValue("16000") int rehearsal) {

        public Api {
            keysFile = keysFile == null || keysFile.toString().isBlank() ? null : keysFile;
            between(maxBodySize, DataSize.ofKilobytes(1), DataSize.ofGigabytes(1), "altiplano.api.max-body-size");
            between(bodyMemory, maxBodySize, DataSize.ofTerabytes(1), "altiplano.api.body-memory");
            between(bodyTimeout, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.body-timeout");
            between(maxPrompts, 1, 65536, "altiplano.api.max-prompts");
            between(maxChoices, 1, 4096, "altiplano.api.max-choices");
            between(maxSequences, 1, 65536, "altiplano.api.max-sequences");
            between(maxLogitBias, 0, 1 << 20, "altiplano.api.max-logit-bias");
            between(heartbeat, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.heartbeat");
            between(writeTimeout, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.write-timeout");
            between(rehearsal, 0, 1_000_000, "altiplano.api.rehearsal");
        }
    }

    /**
     * Where spans go.
     *
     * @param endpoint What takes spans by OTLP over HTTP, such as http://collector:4318/v1/traces; without it there are none.
     * @param sampling Part of the requests that have spans, from 0 to 1, of those whose client has not decided it.
     */
    public record Tracing(
            @Nullable URI endpoint, @DefaultValue("1") double sampling) {

        public Tracing {
            endpoint = endpoint == null || endpoint.toString().isBlank() ? null : endpoint;
            require(
                    endpoint == null
                            || (Set.of("http", "https").contains(endpoint.getScheme()) && endpoint.getHost() != null),
                    "altiplano.tracing.endpoint",
                    endpoint,
                    "an address such as http://collector:4318/v1/traces");
            require(sampling >= 0 && sampling <= 1, "altiplano.tracing.sampling", sampling, "from 0 to 1");
        }
    }

    private static void between(long value, long least, long most, String name) {
        require(value >= least && value <= most, name, value, "from " + least + " to " + most);
    }

    private static void between(Duration value, Duration least, Duration most, String name) {
        require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                name,
                text(value),
                "from " + text(least) + " to " + text(most));
    }

    private static void between(DataSize value, DataSize least, DataSize most, String name) {
        require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                name,
                value,
                "from " + least + " to " + most);
    }

    /** {@code PT10M} as one writes it in a setting: {@code 10m}. */
    private static String text(Duration duration) {
        return duration.toString().replace("PT", "").toLowerCase(Locale.ROOT);
    }
}
