package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.run.Engines;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** By one rule, the next turn of a conversation computes its new words alone, and says what it would have said without memory. */
final class SecondTurnTest {

    private static final int PROMPT = 21;

    private final Random random = new Random(8);

    private static Engine open(boolean prefixCache) {
        EngineOptions options = Settings.of("gguf/base-q4_0.gguf")
                .weights("file")
                .prefixCache(prefixCache)
                .options()
                .with(new EngineOptions.Decoding(true, true));
        return Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE);
    }

    private int[] words(int count) {
        return random.ints(count, 3, 60).toArray();
    }

    private static int[] joined(int[]... parts) {
        return Stream.of(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static Completed say(Engine engine, int[] ids, int tokens) {
        return Completed.of(engine.submit(
                Requests.ids(ids).maxTokens(tokens).ignoreEos().logprobs(1).build()));
    }

    private static int[] said(Completed answer) {
        return answer.scores().get(0).stream().mapToInt(TokenScore::id).toArray();
    }

    @Test
    void computesItsNewWordsAlone() {
        try (Engine engine = open(true);
                Engine forgetful = open(false)) {
            int[] conversation = words(PROMPT);
            int inMemory = 0;
            for (int turn = 0; turn < 6; turn++) {
                Completed answer = say(engine, conversation, 10 + 3 * turn);
                assertThat(answer.usage().cachedTokens()).as("turn %d", turn).isEqualTo(inMemory);
                assertThat(answer.scores())
                        .isEqualTo(say(forgetful, conversation, 10 + 3 * turn).scores());
                // All but the last token, which nothing has been computed behind.
                inMemory = conversation.length + 10 + 3 * turn - 1;
                conversation = joined(conversation, said(answer), words(1 + 4 * turn));
            }
        }
    }

    /** Several go on from one answer at once, from its middle too: whoever does not find its end computes that. */
    @Test
    void manyGoOnFromOneAnswer() {
        try (Engine engine = open(true);
                Engine forgetful = open(false)) {
            for (int round = 0; round < 5; round++) {
                int[] prompt = words(PROMPT + round);
                int[] answer = said(say(engine, prompt, 20));
                int[][] next = new int[6][];
                Generation[] running = new Generation[next.length];
                for (int i = 0; i < next.length; i++) {
                    next[i] = joined(prompt, Arrays.copyOf(answer, 20 - i), words(1 + i));
                    running[i] = engine.submit(Requests.ids(next[i])
                            .maxTokens(12)
                            .ignoreEos()
                            .logprobs(1)
                            .build());
                }
                for (int i = 0; i < next.length; i++) {
                    assertThat(Completed.of(running[i]).scores())
                            .isEqualTo(say(forgetful, next[i], 12).scores());
                }
            }
            assertThat(engine.stats().kvBlocksUsed()).isZero();
        }
    }
}
