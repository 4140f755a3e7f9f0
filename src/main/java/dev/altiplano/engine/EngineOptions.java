package dev.altiplano.engine;

import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an engine is set up. Every number has been checked against its range when the record exists.
 *
 * @param memoryLimitBytes what the process may use; 0 asks the operating system (the container's limit)
 */
public record EngineOptions(
        Model model,
        Compute compute,
        Batch batch,
        Kv kv,
        Decoding decoding,
        Queue queue,
        long memoryLimitBytes,
        Energy energy) {

    /**
     * What is served.
     *
     * @param path a Meta folder, a GGUF file or a Hugging Face folder
     * @param id the name under which the model is served
     * @param size the configured size ({@code 7B}, {@code 13B}, {@code 30B}, {@code 65B}), checked against the files; {@code auto} takes what is there
     * @param targetFormat the format in which weights are held; null holds them as they are stored
     * @param weightCache where packed weights are kept for the next start: {@code off}, {@code beside} the model, or a folder
     * @param verifyChecksums whether {@code checklist.chk} is checked while loading
     * @param adapters LoRA adapters that requests may name, by name: PEFT's folders or GGUF files
     * @param adapterRoom what is kept free for adapters that come while the engine runs
     * @param chatTemplate the name of a template or a file with one; null takes the model's own
     */
    public record Model(
            Path path,
            String id,
            String size,
            @Nullable WeightFormat targetFormat,
            String weightCache,
            boolean verifyChecksums,
            Map<String, Path> adapters,
            AdapterRoom adapterRoom,
            @Nullable String chatTemplate) {

        public Model {
            adapters = Collections.unmodifiableMap(new LinkedHashMap<>(adapters));
        }

        /** A model without adapters. */
        public Model(
                Path path,
                String id,
                String size,
                @Nullable WeightFormat targetFormat,
                String weightCache,
                boolean verifyChecksums) {
            this(path, id, size, targetFormat, weightCache, verifyChecksums, Map.of(), AdapterRoom.NONE, null);
        }

        /** Whatever lies at {@code path}, held as it is stored. */
        public static Model of(Path path, String id) {
            return new Model(path, id, "auto", null, "off", true);
        }

        /** The same with weights held in another format; null holds them as they are stored. */
        public Model held(@Nullable WeightFormat format) {
            return new Model(path, id, size, format, weightCache, verifyChecksums, adapters, adapterRoom, chatTemplate);
        }

        /** The same with adapters that requests may name. */
        public Model withAdapters(Map<String, Path> named) {
            return new Model(
                    path, id, size, targetFormat, weightCache, verifyChecksums, named, adapterRoom, chatTemplate);
        }

        /** The same with another chat template; null takes the model's own. */
        public Model withChatTemplate(@Nullable String nameOrFile) {
            return new Model(
                    path, id, size, targetFormat, weightCache, verifyChecksums, adapters, adapterRoom, nameOrFile);
        }

        /** The same with room for adapters that come while the engine runs. */
        public Model withAdapterRoom(AdapterRoom room) {
            return new Model(path, id, size, targetFormat, weightCache, verifyChecksums, adapters, room, chatTemplate);
        }
    }

    /**
     * What is kept free for adapters that are loaded while the engine runs.
     *
     * @param maximum adapters that there can be, those from the start included; 0 lets none come
     * @param maxRank highest rank that one may have
     * @param bytes memory for those that come
     */
    public record AdapterRoom(int maximum, int maxRank, long bytes) {

        /** No adapter comes while the engine runs. */
        public static final AdapterRoom NONE = new AdapterRoom(0, 0, 0);

        public AdapterRoom {
            require(maximum >= 0 && maximum <= 1024, "max-adapters", maximum, "0 to 1024");
            require(maxRank >= 0 && maxRank <= 1024, "max-rank", maxRank, "0 to 1024");
            require(bytes >= 0, "memory", bytes, "0 or more");
        }

        /** Ranks of a product of a layer: queries, keys and values have one product together. */
        public int ranksOfAProduct() {
            return 3 * maxRank;
        }
    }

    /**
     * What computes.
     *
     * @param threads threads that compute, the engine thread included; 0 takes one for each processor
     */
    public record Compute(int threads, BackendName backend) {

        /** All processors, with the fastest backend. */
        public static final Compute DEFAULT = new Compute(0, BackendName.AUTO);

        public Compute {
            require(threads >= 0 && threads <= 1024, "threads", threads, "0 (all processors) or 1 to 1024");
            threads = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        }
    }

    /**
     * How much runs together.
     *
     * @param contextLength maximum length of a sequence in tokens; 0 takes the model's own
     * @param maxSequences maximum of sequences that run together
     * @param maxBatchTokens token rows of one step
     * @param interTokenTarget how long a step should last at most while sequences decode, and so what they wait for their next token
     *     while prompts are computed: prompts get fewer rows in such steps, but may always take as long as decoding does. Zero sets no
     *     bound
     */
    public record Batch(int contextLength, int maxSequences, int maxBatchTokens, Duration interTokenTarget) {

        private static final Duration INTER_TOKEN_TARGET = Duration.ofMillis(100);

        public static final Batch DEFAULT = new Batch(0, 32, 512);

        /** With the usual target. */
        public Batch(int contextLength, int maxSequences, int maxBatchTokens) {
            this(contextLength, maxSequences, maxBatchTokens, INTER_TOKEN_TARGET);
        }

        public Batch {
            require(contextLength >= 0, "context-length", contextLength, "0 (the model's own) or more");
            require(maxSequences >= 1 && maxSequences <= 4096, "max-sequences", maxSequences, "1 to 4096");
            require(maxBatchTokens >= 1 && maxBatchTokens <= 65536, "max-batch-tokens", maxBatchTokens, "1 to 65536");
            require(
                    maxBatchTokens >= maxSequences,
                    "max-batch-tokens",
                    maxBatchTokens,
                    "at least max-sequences (" + maxSequences + ")");
            require(
                    !interTokenTarget.isNegative() && interTokenTarget.compareTo(Duration.ofHours(1)) <= 0,
                    "inter-token-target",
                    interTokenTarget,
                    "0 (no bound) to 1h");
        }
    }

    /**
     * Memory for keys and values.
     *
     * @param bytes its size; 0 takes enough for all sequences within the memory limit
     * @param blockTokens positions in a KV block, a multiple of 16
     * @param format how keys and values are kept; null is F32 beside F32 weights, otherwise I16
     * @param prefixCache whether KV blocks of equal prompt beginnings are reused
     * @param tier where such blocks are kept beyond memory; null for nowhere
     */
    public record Kv(
            long bytes,
            int blockTokens,
            @Nullable KvFormat format,
            boolean prefixCache,
            @Nullable Tier tier) {

        public static final Kv DEFAULT = new Kv(0, 32, null, true);

        public Kv {
            require(bytes >= 0, "kv-cache-size", bytes, "0 (chosen by the engine) or more");
            require(
                    blockTokens >= 16 && blockTokens <= 1024 && blockTokens % 16 == 0,
                    "kv-block-tokens",
                    blockTokens,
                    "a multiple of 16 from 16 to 1024");
            require(prefixCache || tier == null, "prefix-cache", prefixCache, "true where altiplano.cache.path is set");
        }

        /** In memory alone. */
        public Kv(long bytes, int blockTokens, @Nullable KvFormat format, boolean prefixCache) {
            this(bytes, blockTokens, format, prefixCache, null);
        }

        /** The same, kept beyond memory; null for memory alone. */
        public Kv with(@Nullable Tier other) {
            return new Kv(bytes, blockTokens, format, prefixCache, other);
        }
    }

    /**
     * A file that keeps KV blocks of prefixes beyond their stay in memory, and from one start to the next.
     *
     * @param path the file, or a folder for it
     * @param maxBytes the most that the file may take
     */
    public record Tier(Path path, long maxBytes) {

        public Tier {
            require(maxBytes >= 1 << 20, "max-size", maxBytes, "1 MB or more");
        }
    }

    /**
     * How tokens are computed one after the other. Drafting changes no bit of an answer; {@code oneRule} does.
     *
     * @param oneRule whether prompt rows are computed by the rule of generated rows also where that is slower: then what the model
     *     said is reused when it comes back in a prompt, and an answer is the same on every machine
     * @param speculation whether tokens are drafted from what the sequence holds already, and verified several at a time
     * @param timed whether how much is drafted follows the time that steps take; otherwise rows count as cheap, so that the same is
     *     drafted each time
     * @param draftModel a smaller model that drafts too; null where there is none
     */
    public record Decoding(
            boolean oneRule,
            boolean speculation,
            boolean timed,
            @Nullable DraftModel draftModel) {

        public static final Decoding DEFAULT = new Decoding(false, true);

        /** Drafts as time allows. */
        public Decoding(boolean oneRule, boolean speculation) {
            this(oneRule, speculation, true);
        }

        /** Without a draft model. */
        public Decoding(boolean oneRule, boolean speculation, boolean timed) {
            this(oneRule, speculation, timed, null);
        }

        /** The same with a draft model; null takes it away. */
        public Decoding with(@Nullable DraftModel other) {
            return new Decoding(oneRule, speculation, timed, other);
        }
    }

    /**
     * A smaller model of the same vocabulary, which drafts what the model will say.
     *
     * @param path a Meta folder, a GGUF file or a Hugging Face folder
     * @param targetFormat the format in which its weights are held; null holds them as they are stored
     * @param kvBytes memory for its keys and values; 0 takes as many positions as the model has, within the memory limit
     */
    public record DraftModel(Path path, @Nullable WeightFormat targetFormat, long kvBytes) {

        public DraftModel {
            require(kvBytes >= 0, "draft-model.kv-cache-size", kvBytes, "0 (chosen by the engine) or more");
        }

        /** Whatever lies at {@code path}, held as it is stored. */
        public static DraftModel of(Path path) {
            return new DraftModel(path, null, 0);
        }
    }

    /**
     * What may wait, and how long.
     *
     * @param capacity maximum of requests waiting
     * @param tokens maximum of prompt tokens waiting
     * @param defaultTimeout deadline of a request that names none
     * @param maxTimeout longest deadline that a request may name
     */
    public record Queue(int capacity, long tokens, Duration defaultTimeout, Duration maxTimeout) {

        private static final Duration LONGEST = Duration.ofDays(30);

        public static final Queue DEFAULT = new Queue(256, 1 << 20, Duration.ofMinutes(10), Duration.ofHours(1));

        public Queue {
            require(capacity >= 1, "queue.capacity", capacity, "1 or more");
            require(tokens >= 1, "queue.tokens", tokens, "1 or more");
            require(
                    defaultTimeout.isPositive() && defaultTimeout.compareTo(LONGEST) <= 0,
                    "queue.timeout",
                    defaultTimeout,
                    "longer than 0, at most 30d");
            require(
                    maxTimeout.compareTo(defaultTimeout) >= 0 && maxTimeout.compareTo(LONGEST) <= 0,
                    "queue.max-timeout",
                    maxTimeout,
                    "at least queue.timeout, at most 30d");
        }
    }

    /**
     * Whether requests are told their energy.
     *
     * @param perRequest whether the meter is read in each step
     * @param watts power to reckon with where the machine has no meter; 0 where none is known
     */
    public record Energy(boolean perRequest, double watts) {

        /** Nobody is told. */
        public static final Energy OFF = new Energy(false, 0);

        public Energy {
            require(watts >= 0 && watts <= 1e6, "watts", watts, "0 to 1000000");
        }
    }

    /**
     * The format that a setting names; null for {@code file}, which holds weights as they are stored.
     *
     * @throws InvalidOptionException for another name, with those that there are
     */
    public static @Nullable WeightFormat weightFormat(String name) {
        return named("weights", name, "file", WeightFormat.TARGETS);
    }

    /** As {@link #weightFormat} for the backend that computes. */
    public static BackendName backend(String name) {
        List<String> labels = BackendName.labels();
        boolean known = labels.contains(name.strip().toLowerCase(Locale.ROOT));
        require(known, "backend", name, "one of " + String.join(", ", labels));
        return BackendName.labelled(name);
    }

    /** As {@link #weightFormat} for keys and values; null for {@code auto}, which follows the weights. */
    public static @Nullable KvFormat kvFormat(String name) {
        return named("kv-format", name, "auto", List.of(KvFormat.values()));
    }

    private static <E extends Enum<E>> @Nullable E named(String option, String name, String none, List<E> values) {
        List<String> names = new ArrayList<>(List.of(none));
        for (E value : values) {
            names.add(value.name().toLowerCase(Locale.ROOT));
        }
        int index = names.indexOf(name.strip().toLowerCase(Locale.ROOT));
        require(index >= 0, option, name, "one of " + String.join(", ", names));
        return index == 0 ? null : values.get(index - 1);
    }

    /** An option with a value that it cannot have; the message has its name, the value and what is allowed. */
    public static final class InvalidOptionException extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        private final String name;
        private final transient Object value;
        private final String allowed;

        private InvalidOptionException(String name, Object value, String allowed) {
            super(name + " = " + value + ": must be " + allowed);
            this.name = name;
            this.value = value;
            this.allowed = allowed;
        }

        /** The short name of the setting that it comes from. */
        public String name() {
            return name;
        }

        /** What it has. */
        public Object value() {
            return value;
        }

        /** What it may have. */
        public String allowed() {
            return allowed;
        }
    }

    /** The same with {@link Decoding#DEFAULT}, energy told to nobody. */
    public EngineOptions(Model model, Compute compute, Batch batch, Kv kv, Queue queue, long memoryLimitBytes) {
        this(model, compute, batch, kv, Decoding.DEFAULT, queue, memoryLimitBytes);
    }

    /** The same with energy told to nobody. */
    public EngineOptions(
            Model model, Compute compute, Batch batch, Kv kv, Decoding decoding, Queue queue, long memoryLimitBytes) {
        this(model, compute, batch, kv, decoding, queue, memoryLimitBytes, Energy.OFF);
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw new InvalidOptionException(name, value, range);
        }
    }

    /** What the service uses when nothing but a model is configured. */
    public static EngineOptions of(Path modelPath, String modelId) {
        return new EngineOptions(
                Model.of(modelPath, modelId), Compute.DEFAULT, Batch.DEFAULT, Kv.DEFAULT, Queue.DEFAULT, 0);
    }

    /** The same with another model. */
    public EngineOptions with(Model other) {
        return new EngineOptions(other, compute, batch, kv, decoding, queue, memoryLimitBytes, energy);
    }

    /** The same, computed otherwise. */
    public EngineOptions with(Compute other) {
        return new EngineOptions(model, other, batch, kv, decoding, queue, memoryLimitBytes, energy);
    }

    /** The same with other limits of a batch. */
    public EngineOptions with(Batch other) {
        return new EngineOptions(model, compute, other, kv, decoding, queue, memoryLimitBytes, energy);
    }

    /** The same with other memory for keys and values. */
    public EngineOptions with(Kv other) {
        return new EngineOptions(model, compute, batch, other, decoding, queue, memoryLimitBytes, energy);
    }

    /** The same with other limits of the queue. */
    public EngineOptions with(Queue other) {
        return new EngineOptions(model, compute, batch, kv, decoding, other, memoryLimitBytes, energy);
    }

    /** The same, decoding otherwise. */
    public EngineOptions with(Decoding other) {
        return new EngineOptions(model, compute, batch, kv, other, queue, memoryLimitBytes, energy);
    }

    /** The same, telling energy otherwise. */
    public EngineOptions with(Energy other) {
        return new EngineOptions(model, compute, batch, kv, decoding, queue, memoryLimitBytes, other);
    }

    /** The same with other formats for weights (null: as stored) and for keys and values (null: as the weights ask for). */
    public EngineOptions withFormats(@Nullable WeightFormat weights, @Nullable KvFormat keysAndValues) {
        return with(model.held(weights))
                .with(new Kv(kv.bytes(), kv.blockTokens(), keysAndValues, kv.prefixCache(), kv.tier()));
    }
}
