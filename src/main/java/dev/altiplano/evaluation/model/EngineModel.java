package dev.altiplano.evaluation.model;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.TokenStream;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model in this process, asked through the engine that serves it: requests share steps and prefixes. */
public final class EngineModel implements LanguageModel {

    /** How long a request may take: behind all that are asked with it, which a large model computes for hours. */
    private static final Duration PATIENCE = Duration.ofDays(7);

    /** Who asks about what is in memory: goes first, before others need the room. */
    private static final Client AHEAD = new Client("", 1, null, "");

    private final Engine engine;
    private final ModelCard card;
    private final int parallelism;
    private final String identity;

    /**
     * An open engine; owned from now on.
     *
     * @param identity what tells its answers from those of others
     */
    public EngineModel(Engine engine, int parallelism, String identity) {
        this.identity = identity;
        this.engine = engine;
        this.card = engine.card();
        this.parallelism = parallelism;
    }

    /** Loads a model. Its requests have no deadline and none is refused, whatever {@code options} say of its queue. */
    public static EngineModel open(EngineOptions options, LoadListener listener) {
        Engine engine = Engines.open(patient(options), listener, EngineObserver.NONE);
        try {
            return new EngineModel(engine, options.batch().maxSequences(), ModelIdentity.of(options, engine.card()));
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private static EngineOptions patient(EngineOptions options) {
        return new EngineOptions(
                options.model(),
                options.compute(),
                options.batch(),
                options.kv(),
                options.decoding(),
                new EngineOptions.Queue(Integer.MAX_VALUE, Long.MAX_VALUE, PATIENCE, PATIENCE),
                options.memoryLimitBytes(),
                options.energy());
    }

    /** What was loaded. */
    public ModelCard card() {
        return card;
    }

    /** What the engine has done so far. */
    public EngineStats stats() {
        return engine.stats();
    }

    @Override
    public String name() {
        return card.id();
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public int contextLength() {
        return card.contextLength();
    }

    @Override
    public int bos() {
        return card.bos();
    }

    @Override
    public int eos() {
        return card.eos();
    }

    @Override
    public int parallelism() {
        return parallelism;
    }

    @Override
    public int[] encode(String text, boolean specialTokens) {
        return engine.tokenize(text, specialTokens);
    }

    @Override
    public TokenLikelihoods score(int[] tokens, int from) throws InterruptedException {
        return score(tokens, from, Client.ANONYMOUS);
    }

    @Override
    public TokenLikelihoods scoreNext(int[] tokens, int from) throws InterruptedException {
        return score(tokens, from, AHEAD);
    }

    private TokenLikelihoods score(int[] tokens, int from, Client client) throws InterruptedException {
        GenerationRequest request = GenerationRequest.of("eval", new Prompt.Ids(tokens), 0)
                .with(new Logprobs(0, 1, from))
                .with(client);
        @Nullable List<TokenScore> scores = null;
        TokenStream stream = engine.submit(request).stream();
        while (true) {
            switch (next(stream)) {
                case StreamEvent.PromptScored(int prompt, List<TokenScore> scored) -> scores = scored;
                case StreamEvent.Ended ended -> {
                    if (scores == null) {
                        throw new EvaluationException("the model ended a request without its scores");
                    }
                    return likelihoods(scores);
                }
                case StreamEvent.Failed failed -> throw failed(failed);
                case StreamEvent.Text text -> {}
                case StreamEvent.Embedded embedded -> {}
                case StreamEvent.Finished finished -> {}
            }
        }
    }

    private static TokenLikelihoods likelihoods(List<TokenScore> scores) {
        double[] logprobs = new double[scores.size()];
        boolean greedy = true;
        for (int i = 0; i < logprobs.length; i++) {
            TokenScore score = scores.get(i);
            logprobs[i] = score.logprob();
            greedy &= score.top().getFirst().id() == score.id();
        }
        return new TokenLikelihoods(logprobs, greedy);
    }

    @Override
    public String write(int[] prompt, GenerationSettings settings, long seed) throws InterruptedException {
        Sampling sampling = new Sampling(
                (float) settings.temperature(),
                settings.topK(),
                (float) settings.topP(),
                0,
                0,
                0,
                1,
                Map.of(),
                OptionalLong.of(seed));
        List<String> until =
                settings.until().stream().filter(text -> !text.isEmpty()).toList();
        GenerationRequest request = GenerationRequest.of("eval", new Prompt.Ids(prompt), settings.maxTokens())
                .with(sampling)
                .with(new Stopping(settings.maxTokens(), 0, until, Set.of(), false));
        StringBuilder text = new StringBuilder();
        TokenStream stream = engine.submit(request).stream();
        while (true) {
            switch (next(stream)) {
                case StreamEvent.Text piece -> text.append(piece.text());
                case StreamEvent.Ended ended -> {
                    return text.toString();
                }
                case StreamEvent.Failed failed -> throw failed(failed);
                case StreamEvent.PromptScored scored -> {}
                case StreamEvent.Embedded embedded -> {}
                case StreamEvent.Finished finished -> {}
            }
        }
    }

    private static EvaluationException failed(StreamEvent.Failed failed) {
        return new EvaluationException("the model failed: " + failed.message());
    }

    private static StreamEvent next(TokenStream stream) throws InterruptedException {
        StreamEvent event = stream.next(PATIENCE);
        if (event == null) {
            throw new EvaluationException("the model gave nothing for " + PATIENCE.toDays() + " days");
        }
        return event;
    }

    @Override
    public void close() {
        engine.close();
    }
}
