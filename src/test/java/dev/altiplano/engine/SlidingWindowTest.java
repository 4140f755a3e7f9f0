package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model with a sliding window: KV blocks before it are given back, and that changes no bit of any answer. */
final class SlidingWindowTest {

    private static final Settings MODEL =
            Settings.of("families/models/hf/mistral-window-16").weights("file");
    private static final int[] LONG =
            IntStream.range(0, 400).map(i -> 3 + i * 7 % 500).toArray();

    private static GenerationRequest request(int from) {
        int[] ids = Arrays.copyOfRange(LONG, from, LONG.length);
        return Requests.ids(ids).maxTokens(60).ignoreEos().logprobs(2).build();
    }

    private static List<TokenScore> scores(Engine engine, GenerationRequest request) {
        return Completed.of(engine.submit(request)).scores().get(0);
    }

    @Test
    void neitherChunksNorThreadsChangeAnAnswer() {
        List<TokenScore> whole;
        try (Engine engine = MODEL.batch(1, 512).prefixCache(false).open()) {
            whole = scores(engine, request(0));
        }
        for (int chunk : new int[] {1, 7, 64}) {
            try (Engine engine = MODEL.batch(1, chunk)
                    .threads(chunk == 7 ? 1 : 3)
                    .prefixCache(false)
                    .open()) {
                assertThat(scores(engine, request(0))).as("chunks of %d", chunk).isEqualTo(whole);
            }
        }
    }

    @Test
    void aSequenceHoldsTheBlocksOfItsWindowAlone() {
        List<TokenScore> roomy;
        long blockBytes;
        try (Engine engine = MODEL.batch(4, 32).prefixCache(false).open()) {
            roomy = scores(engine, request(0));
            blockBytes = engine.card().kvBytes() / engine.stats().kvBlocks();
        }
        // 460 positions take 29 blocks; behind the window of one block, and with chunks of two, five are enough.
        try (Engine engine =
                MODEL.batch(4, 32).kvBytes(5 * blockBytes).prefixCache(false).open()) {
            assertThat(engine.stats().kvBlocks()).isEqualTo(5);
            assertThat(scores(engine, request(0))).isEqualTo(roomy);
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    @Test
    void batchMatesPrefixHitsAndPreemptionChangeNothing() {
        List<TokenScore> alone;
        List<TokenScore> shorter;
        long blockBytes;
        try (Engine engine = MODEL.batch(4, 32).open()) {
            alone = scores(engine, request(0));
            shorter = scores(engine, request(100));
            blockBytes = engine.card().kvBytes() / engine.stats().kvBlocks();
            Completed again = Completed.of(engine.submit(request(0)));
            assertThat(again.scores().get(0)).isEqualTo(alone);
        }
        try (Engine engine = MODEL.batch(4, 32).kvBytes(9 * blockBytes).open()) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(engine.submit(request(i % 2 == 0 ? 0 : 100)));
            }
            for (int i = 0; i < all.size(); i++) {
                assertThat(Completed.of(all.get(i)).scores().get(0)).isEqualTo(i % 2 == 0 ? alone : shorter);
            }
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    @Test
    void samplesOfOnePromptShareWhatTheirWindowNeeds() {
        try (Engine engine = MODEL.open()) {
            Completed three = Completed.of(engine.submit(Requests.ids(LONG)
                    .maxTokens(30)
                    .ignoreEos()
                    .sampled(1, 1, 9)
                    .n(3, 3)
                    .build()));
            Completed one = Completed.of(engine.submit(Requests.ids(LONG)
                    .maxTokens(30)
                    .ignoreEos()
                    .sampled(1, 1, 9)
                    .build()));
            assertThat(three.ids(0)).isEqualTo(one.ids(0));
        }
    }
}
