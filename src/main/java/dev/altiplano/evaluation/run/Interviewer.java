package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.model.TokenLikelihoods;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.ModelAnswer.Likelihood;
import dev.altiplano.evaluation.protocol.ModelAnswer.Written;
import dev.altiplano.evaluation.protocol.ModelRequest;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.protocol.ScoredTokens;
import dev.altiplano.evaluation.statistic.Sum;
import dev.altiplano.evaluation.task.GenerationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks a model many questions at once. Those with the same context are asked one after the first, so that the context is
 * computed once; contexts that begin alike are neighbours.
 */
final class Interviewer {

    private final LanguageModel model;
    private final RequestEncoder encoder;
    private final Journal journal;
    private final EvaluationProgress progress;
    private final Semaphore places;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();

    Interviewer(LanguageModel model, RequestEncoder encoder, Journal journal, EvaluationProgress progress) {
        this.model = model;
        this.encoder = encoder;
        this.journal = journal;
        this.progress = progress;
        this.places = new Semaphore(model.parallelism());
    }

    /** Tokens that the model was given or wrote so far, without those that the journal knew. */
    long tokens() {
        return tokens.get();
    }

    void ask(List<Question> questions) throws InterruptedException {
        Map<String, List<Question>> groups = new TreeMap<>();
        for (Question question : questions) {
            groups.computeIfAbsent(question.context(), context -> new ArrayList<>())
                    .add(question);
        }
        asked.set(0);
        List<Future<?>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (List<Question> group : groups.values()) {
                // The order of the groups is the order in which they are asked.
                places.acquire();
                futures.add(threads.submit(() -> {
                    try {
                        boolean again = false;
                        for (Question question : group) {
                            ask(question, questions.size(), again);
                            again = true;
                        }
                        return null;
                    } catch (Exception | Error e) {
                        stopped.set(true);
                        throw e;
                    } finally {
                        places.release();
                    }
                }));
            }
        }
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof EvaluationException known) {
                    throw known;
                }
                throw new EvaluationException("a request failed: " + e.getCause(), e.getCause());
            }
        }
    }

    /**
     * @param again whether its context has just been computed
     */
    private void ask(Question question, int all, boolean again) throws InterruptedException {
        if (stopped.get()) {
            return;
        }
        long begin = System.nanoTime();
        ModelAnswer answer = switch (question.request()) {
            case ModelRequest.Continuation(String context, String continuation) ->
                likelihood(encoder.continuation(context, continuation), again);
            case ModelRequest.WholeText(String text) -> wholeText(text);
            case ModelRequest.Generation generation -> written(generation);
        };
        question.answer(answer, System.nanoTime() - begin);
        progress.advanced(asked.incrementAndGet(), all);
    }

    private Likelihood likelihood(ScoredTokens scored, boolean again) throws InterruptedException {
        String key = RequestKey.scored(model.identity(), scored.tokens(), scored.from());
        if (journal.find(key) instanceof Likelihood known) {
            return known;
        }
        TokenLikelihoods likelihoods =
                again ? model.scoreNext(scored.tokens(), scored.from()) : model.score(scored.tokens(), scored.from());
        tokens.addAndGet(scored.tokens().length);
        Likelihood answer = new Likelihood(
                likelihoods.total(), likelihoods.greedy(), likelihoods.logprobs().length, scored.truncated());
        journal.put(key, answer);
        return answer;
    }

    private ModelAnswer wholeText(String text) throws InterruptedException {
        Sum logprob = new Sum();
        boolean greedy = true;
        int count = 0;
        for (ScoredTokens window : encoder.windows(text)) {
            Likelihood part = likelihood(window, false);
            logprob.add(part.logprob());
            greedy &= part.greedy();
            count += part.tokens();
        }
        return new Likelihood(logprob.value(), greedy, count, 0);
    }

    private ModelAnswer written(ModelRequest.Generation generation) throws InterruptedException {
        GenerationSettings settings = generation.settings();
        ScoredTokens prompt = encoder.prompt(generation.context(), settings.maxTokens());
        long seed = generation.repeat();
        String key = RequestKey.written(model.identity(), prompt.tokens(), settings, seed);
        if (journal.find(key) instanceof Written known) {
            return known;
        }
        String text = model.write(prompt.tokens(), settings, seed);
        tokens.addAndGet(prompt.tokens().length + model.encode(text, false).length);
        Written answer = new Written(text, prompt.truncated());
        journal.put(key, answer);
        return answer;
    }
}
