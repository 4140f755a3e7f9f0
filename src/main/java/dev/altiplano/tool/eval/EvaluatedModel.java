package dev.altiplano.tool.eval;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.TokenStream;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.tool.console.ToolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** A model that is asked many things at once, through the engine that serves it. */
public final class EvaluatedModel implements AutoCloseable {

    private static final int AT_ONCE = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Engine engine;

    /** The model as it is stored. */
    EvaluatedModel(Path folder, String backend) {
        this(EvaluatedOptions.of(folder, "file", "auto", backend));
    }

    EvaluatedModel(EngineOptions options) {
        engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE);
    }

    ModelCard card() {
        return engine.card();
    }

    /** Ids of a text, the beginning of sequence included. */
    int[] tokenize(String text) {
        return engine.tokenize(text, true);
    }

    /** What a document costs: the summed −ln p of all ids but the first. */
    List<Double> nats(List<int[]> documents) throws InterruptedException {
        return all(
                documents.stream().<Callable<Double>>map(ids -> () -> nats(ids)).toList());
    }

    private double nats(int[] ids) throws InterruptedException {
        GenerationRequest request = request(new Prompt.Ids(ids), 0, 0, 0, true);
        double nats = 0;
        TokenStream stream = engine.submit(request).stream();
        while (true) {
            switch (next(stream)) {
                case StreamEvent.PromptScored(int prompt, List<TokenScore> tokens) -> {
                    for (TokenScore token : tokens.subList(1, tokens.size())) {
                        nats -= token.logprob();
                    }
                }
                case StreamEvent.Ended ended -> {
                    return nats;
                }
                case StreamEvent.Failed failed -> throw new ToolException("the model failed: " + failed.message());
                default -> {}
            }
        }
    }

    /**
     * What the model writes after each prompt.
     *
     * @param temperature 0 is greedy
     */
    public List<String> complete(List<String> prompts, float temperature, int maxTokens) throws InterruptedException {
        ArrayList<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int seed = i;
            String prompt = prompts.get(i);
            tasks.add(() -> complete(prompt, temperature, maxTokens, seed));
        }
        return all(tasks);
    }

    private String complete(String prompt, float temperature, int maxTokens, long seed) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        TokenStream stream =
                engine.submit(request(new Prompt.Text(prompt), maxTokens, temperature, seed, false)).stream();
        while (true) {
            switch (next(stream)) {
                case StreamEvent.Text piece -> text.append(piece.text());
                case StreamEvent.Ended ended -> {
                    return text.toString();
                }
                case StreamEvent.Failed failed -> throw new ToolException("the model failed: " + failed.message());
                default -> {}
            }
        }
    }

    private static StreamEvent next(TokenStream stream) throws InterruptedException {
        StreamEvent event = stream.next(PATIENCE);
        if (event == null) {
            throw new ToolException("the model gave nothing for " + PATIENCE.toMinutes() + " minutes");
        }
        return event;
    }

    private static GenerationRequest request(
            Prompt prompt, int maxTokens, float temperature, long seed, boolean promptLogprobs) {
        GenerationRequest request =
                GenerationRequest.of("eval", prompt, maxTokens).with(Sampling.GREEDY.at(temperature, seed));
        return promptLogprobs ? request.with(new Logprobs(0, 0)) : request;
    }

    /** The results of all tasks, some at a time, in their order. */
    private static <T> List<T> all(List<Callable<T>> tasks) throws InterruptedException {
        Semaphore places = new Semaphore(AT_ONCE);
        ArrayList<Future<T>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    places.acquire();
                    try {
                        return task.call();
                    } finally {
                        places.release();
                    }
                }));
            }
        }
        ArrayList<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("an evaluation failed", e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        engine.close();
    }
}
