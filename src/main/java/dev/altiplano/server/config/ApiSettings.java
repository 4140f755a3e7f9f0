package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.between;
import static dev.altiplano.server.config.SettingChecks.require;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may ask, and the limits of what is asked.
 *
 * @param keysFile File with API keys; without one, everyone may ask. Read again when it changes.
 * @param openMetrics Whether /metrics and /actuator/prometheus need no key.
 * @param sharePrefixes Whether what was computed for one key's prompts may answer another key's: faster, but each can tell what others have asked.
 * @param corsOrigins Origins of pages that a browser may let call the API, such as https://chat.example.org; * is any. Without a value none.
 * @param maxBodySize Largest request body; a larger one is answered 413.
 * @param bodyMemory Memory for all bodies that are being read together; beyond it requests are answered 503.
 * @param bodyTimeout A body must be complete this long after the request began.
 * @param minBodyRate Bytes of a body that must arrive each second on average, after a few seconds; slower ones are answered 408. 0 is no minimum.
 * @param headTimeout The head of a request must be complete this long after its first byte; a connection on which it is not is closed.
 * @param maxConnectionsPerAddress Connections that one address may have at a time; those beyond are closed at once.
 * @param maxPrompts Maximum of prompts in one request.
 * @param maxInputs Maximum of inputs in one request for embeddings.
 * @param maxChoices Largest n and best_of.
 * @param maxSequences Maximum of sequences of one request: prompts times best_of.
 * @param maxStop Maximum of stop strings.
 * @param maxLogprobs Largest number of alternatives that log probabilities list at each position.
 * @param maxScores Largest number of log probabilities of one request, over all tokens of prompts and choices with the alternatives of each.
 * @param maxLogitBias Maximum of entries of logit_bias.
 * @param idempotencyKeys Names of requests (Idempotency-Key) that are remembered for a day; beyond, the oldest are forgotten. 0 lets the header count for nothing.
 * @param eventIds Whether the events of a stream have ids, by which a client goes on after a broken connection. Off for clients that take every line for data.
 * @param heartbeat A stream with nothing to say sends a comment this often, so that proxies keep it open.
 * @param record File in which every request that ended is recorded with its answer, for "altiplano replay". Without one, nothing is.
 * @param recordTexts Whether bodies and tokens are recorded too; without them a recording shows load, but cannot be replayed.
 * @param recordMaxSize Size at which the file of recorded requests replaces its predecessor and begins again.
 * @param writeTimeout A client that takes nothing for this long is cut off and its request cancelled.
 */
public record ApiSettings(
        @Nullable Path keysFile,
        @DefaultValue("true") boolean openMetrics,
        @DefaultValue("false") boolean sharePrefixes,
        @DefaultValue List<String> corsOrigins,
        @DefaultValue("4MB") ByteSize maxBodySize,
        @DefaultValue("64MB") ByteSize bodyMemory,
        @DefaultValue("30s") Duration bodyTimeout,
        @DefaultValue("1KB") ByteSize minBodyRate,
        @DefaultValue("20s") Duration headTimeout,
        @DefaultValue("2048") int maxConnectionsPerAddress,
        @DefaultValue("128") int maxPrompts,
        @DefaultValue("2048") int maxInputs,
        @DefaultValue("16") int maxChoices,
        @DefaultValue("256") int maxSequences,
        @DefaultValue("16") int maxStop,
        @DefaultValue("5") int maxLogprobs,
        @DefaultValue("1048576") int maxScores,
        @DefaultValue("1024") int maxLogitBias,
        @DefaultValue("4096") int idempotencyKeys,
        @Nullable Path record,
        @DefaultValue("true") boolean recordTexts,
        @DefaultValue("64MB") ByteSize recordMaxSize,
        @DefaultValue("true") boolean eventIds,
        @DefaultValue("10s") Duration heartbeat,
        @DefaultValue("10s") Duration writeTimeout) {

    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[A-Za-z0-9.\\[\\]:_-]+");

    public ApiSettings {
        keysFile = keysFile == null || keysFile.toString().isBlank() ? null : keysFile;
        record = record == null || record.toString().isBlank() ? null : record;
        for (String origin : corsOrigins) {
            require(
                    ORIGIN.matcher(origin).matches(),
                    "altiplano.api.cors-origins",
                    origin,
                    "* or origins such as https://chat.example.org");
        }
        corsOrigins = List.copyOf(corsOrigins);
        between(maxBodySize, ByteSize.kib(1), ByteSize.gib(1), "altiplano.api.max-body-size");
        between(bodyMemory, maxBodySize, ByteSize.gib(1024), "altiplano.api.body-memory");
        between(bodyTimeout, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.body-timeout");
        between(minBodyRate, new ByteSize(0), maxBodySize, "altiplano.api.min-body-rate");
        between(headTimeout, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.head-timeout");
        between(maxConnectionsPerAddress, 1, 1 << 20, "altiplano.api.max-connections-per-address");
        between(maxPrompts, 1, 65536, "altiplano.api.max-prompts");
        between(maxInputs, 1, 65536, "altiplano.api.max-inputs");
        between(maxChoices, 1, 4096, "altiplano.api.max-choices");
        between(maxSequences, 1, 65536, "altiplano.api.max-sequences");
        between(maxStop, 1, 1024, "altiplano.api.max-stop");
        between(maxLogprobs, 0, 1024, "altiplano.api.max-logprobs");
        between(maxScores, 1, 1 << 30, "altiplano.api.max-scores");
        between(maxLogitBias, 0, 1 << 20, "altiplano.api.max-logit-bias");
        between(idempotencyKeys, 0, 1 << 20, "altiplano.api.idempotency-keys");
        between(recordMaxSize, ByteSize.kib(1), ByteSize.gib(1024), "altiplano.api.record-max-size");
        between(heartbeat, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.heartbeat");
        between(writeTimeout, Duration.ofMillis(100), Duration.ofHours(1), "altiplano.api.write-timeout");
    }
}
