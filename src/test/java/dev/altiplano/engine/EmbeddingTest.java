package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A prompt's vector is the model's own hidden states, pooled; and it has the same bits whatever runs beside it. */
final class EmbeddingTest {

    private static final int[] IDS =
            IntStream.range(0, 90).map(i -> i == 0 ? 1 : 259 + 37 * i % 250).toArray();
    /** No more than the logits of one pass. */
    private static final int[] FEW = Arrays.copyOf(IDS, 64);

    private static final int BLOCKS = 8;

    private static GenerationRequest embedding(Pooling pooling, int... ids) {
        return Requests.ids(ids).build().embedded(pooling);
    }

    private static float[] vector(Engine engine, GenerationRequest request) {
        Completed completed = Completed.of(engine.submit(request));
        assertThat(completed.last()).isInstanceOf(StreamEvent.Ended.class);
        assertThat(completed.finishes()).containsEntry(0, FinishReason.STOP);
        assertThat(completed.texts()).isEmpty();
        assertThat(completed.usage().completionTokens()).isZero();
        return completed.vectors().get(0);
    }

    @ParameterizedTest
    @CsvSource({"base-mp1,f32,MEAN", "base-mp1,f32,LAST", "gqa-mp1,file,MEAN", "gguf/base-q8_0.gguf,file,LAST"})
    void isWhatOnePassOfTheModelGives(String file, String weights, Pooling pooling) {
        Settings settings = Settings.of(file).weights(weights);
        double[] expected = byHand(settings.batch(4, 128).options(), pooling);
        try (Engine engine = settings.open()) {
            float[] vector = vector(engine, embedding(pooling, FEW));
            assertThat(vector).hasSize(engine.card().hiddenSize()).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) vector[i]).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    private static double[] byHand(EngineOptions options, Pooling pooling) {
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(FEW.length, loaded.maxScoredRows(), BLOCKS, arena);
            int list = batch.addBlockList(IntStream.range(0, BLOCKS).toArray(), BLOCKS);
            for (int i = 0; i < FEW.length; i++) {
                batch.add(FEW[i], i, list, false, true);
            }
            MemorySegment logits = loaded.model().forward(batch);
            assertThat(logits.byteSize()).isPositive();
            int size = loaded.config().hiddenSize();
            double[] pooled = new double[size];
            for (int row = pooling == Pooling.MEAN ? 0 : FEW.length - 1; row < FEW.length; row++) {
                for (int i = 0; i < size; i++) {
                    pooled[i] += loaded.model().hidden().getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * size + i);
                }
            }
            double length = Math.sqrt(IntStream.range(0, size)
                    .mapToDouble(i -> pooled[i] * pooled[i])
                    .sum());
            return IntStream.range(0, size).mapToDouble(i -> pooled[i] / length).toArray();
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotDependOnChunks(Pooling pooling) {
        Settings settings = Settings.of("gguf/kq-q4_k_m.gguf").weights("file");
        float[] whole;
        try (Engine engine = settings.batch(1, 512).open()) {
            whole = vector(engine, embedding(pooling, IDS));
        }
        for (int chunk : new int[] {1, 7, 64}) {
            try (Engine engine = settings.batch(1, chunk).open()) {
                assertThat(vector(engine, embedding(pooling, IDS)))
                        .as("chunks of %d", chunk)
                        .isEqualTo(whole);
            }
        }
    }

    /** Among completions, other vectors, and with too little KV memory for all of them. */
    @ParameterizedTest
    @EnumSource
    void doesNotDependOnACrowdOrPreemption(Pooling pooling) {
        Settings settings = Settings.of("gqa-mp1").weights("file").batch(16, 64);
        float[] alone;
        long kvBytes;
        try (Engine engine = settings.open()) {
            alone = vector(engine, embedding(pooling, IDS));
            kvBytes = engine.card().kvBytes() / engine.stats().kvBlocks() * 33;
        }
        try (Engine engine = settings.kvBytes(kvBytes).open()) {
            List<Generation> texts = new ArrayList<>();
            List<Generation> vectors = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                texts.add(engine.submit(Requests.text("Dialogue " + i)
                        .maxTokens(100)
                        .ignoreEos()
                        .build()));
                vectors.add(engine.submit(embedding(pooling, IDS)));
            }
            for (Generation each : vectors) {
                assertThat(Completed.of(each).vectors().get(0)).isEqualTo(alone);
            }
            for (Generation each : texts) {
                assertThat(Completed.of(each).usage().completionTokens()).isEqualTo(100);
            }
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }

    @Test
    void theLastTokensVectorUsesPrefixesInMemoryAndTheMeanDoesNot() {
        try (Engine engine = Settings.of("base-mp1").open()) {
            float[] first = vector(engine, embedding(Pooling.LAST, IDS));
            Completed again = Completed.of(engine.submit(embedding(Pooling.LAST, IDS)));
            assertThat(again.usage().cachedTokens()).isPositive();
            assertThat(again.vectors().get(0)).isEqualTo(first);
            Completed mean = Completed.of(engine.submit(embedding(Pooling.MEAN, IDS)));
            assertThat(mean.usage().cachedTokens()).isZero();
            assertThat(mean.vectors().get(0)).isNotEqualTo(first);
        }
    }

    @Test
    void hasAVectorForEachPrompt() {
        try (Engine engine = Settings.of("base-mp1").open()) {
            GenerationRequest several = Requests.text("")
                    .prompts(List.of(
                            new Prompt.Ids(IDS), new Prompt.Text("Question"), new Prompt.Ids(new int[] {1, 300})))
                    .build()
                    .embedded(Pooling.MEAN);
            Completed completed = Completed.of(engine.submit(several));
            assertThat(completed.vectors().keySet()).containsExactly(0, 1, 2);
            assertThat(completed.vectors().get(0)).isEqualTo(vector(engine, embedding(Pooling.MEAN, IDS)));
            assertThat(completed.vectors().get(2)).isEqualTo(vector(engine, embedding(Pooling.MEAN, 1, 300)));
        }
    }

    @Test
    void generatesAndScoresNothing() {
        GenerationRequest embedded = embedding(Pooling.MEAN, IDS);
        assertThatThrownBy(() -> embedded.with(Stopping.after(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> embedded.with(new Logprobs(0, 0))).isInstanceOf(IllegalArgumentException.class);
    }
}
