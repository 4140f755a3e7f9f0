package dev.altiplano.evaluation.text;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.run.EvaluationProgress;
import dev.altiplano.evaluation.statistic.Sum;
import dev.altiplano.evaluation.text.PerplexityChunks.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The perplexity of a text: exp of the mean negative log probability of its scored tokens.
 *
 * @param perplexity the value
 * @param error its standard error, from the deviation of the tokens' log probabilities
 */
public record TextPerplexity(double perplexity, double error, long tokens, int chunks) {

    /** Measures a text. */
    public static TextPerplexity of(
            LanguageModel model, String text, PerplexityChunks cut, int maxChunks, EvaluationProgress progress)
            throws InterruptedException {
        // Only a model whose prompts begin with the beginning of sequence has it before each chunk.
        boolean begins = model.encode("", true).length > 0;
        List<Chunk> chunks = cut.of(model.encode(text, true), begins ? model.bos() : -1);
        chunks = chunks.subList(0, Math.min(maxChunks, chunks.size()));
        int all = chunks.size();
        Semaphore places = new Semaphore(model.parallelism());
        AtomicInteger done = new AtomicInteger();
        List<Future<double[]>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Chunk chunk : chunks) {
                futures.add(threads.submit(() -> {
                    places.acquire();
                    try {
                        double[] logprobs =
                                model.score(chunk.ids(), chunk.from()).logprobs();
                        progress.advanced(done.incrementAndGet(), all);
                        return logprobs;
                    } finally {
                        places.release();
                    }
                }));
            }
        }
        Sum sum = new Sum();
        Sum squares = new Sum();
        long tokens = 0;
        for (Future<double[]> future : futures) {
            for (double logprob : of(future)) {
                sum.add(logprob);
                squares.add(logprob * logprob);
                tokens++;
            }
        }
        if (!Double.isFinite(sum.value())) {
            throw new EvaluationException(
                    "the model computed NaN or infinity where numbers were expected: check its weights with altiplano verify");
        }
        double mean = -sum.value() / tokens;
        double variance = Math.max(0, squares.value() / tokens - mean * mean);
        double perplexity = Math.exp(mean);
        double error = tokens < 2 ? Double.NaN : perplexity * Math.sqrt(variance / (tokens - 1));
        return new TextPerplexity(perplexity, error, tokens, all);
    }

    private static double[] of(Future<double[]> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new EvaluationException("a chunk of the text failed: " + e.getMessage(), e.getCause());
        }
    }
}
