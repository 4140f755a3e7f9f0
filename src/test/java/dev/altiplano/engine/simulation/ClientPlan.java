package dev.altiplano.engine.simulation;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Pooling;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What one client will do: when it asks, for what, how it reads, and when it leaves.
 *
 * @param arrival the tick at which it submits
 * @param inPass whether it submits while a pass is computed, not between two steps
 * @param entropy what is drawn for a request without a seed
 * @param readsPerTick events that it takes in a tick
 * @param pause ticks that it rests between two that it reads in
 * @param leavesAfter ticks after which it cancels; far away where it stays
 * @param mishap whether memory runs out while its request is read
 * @param follows the client whose first choice its prompt goes on from, as a conversation does; -1 for none
 */
record ClientPlan(
        int arrival,
        boolean inPass,
        GenerationRequest request,
        long entropy,
        int readsPerTick,
        int pause,
        int leavesAfter,
        boolean mishap,
        int follows) {

    static final int NEVER = 1_000_000;

    private static final int BASES = 3;

    static ClientPlan of(int number, long seed, Setup setup, SplittableRandom random) {
        GenerationRequest request = request("r" + number, seed, setup, random);
        return new ClientPlan(
                random.nextInt(3) == 0 ? 0 : random.nextInt(30),
                random.nextInt(4) == 0,
                request,
                random.nextLong(),
                random.nextInt(3) == 0 ? random.nextInt(1, 4) : NEVER,
                random.nextInt(4) == 0 ? random.nextInt(1, 40) : 0,
                random.nextInt(5) == 0 ? random.nextInt(40) : NEVER,
                random.nextInt(40) == 0,
                number > 0 && random.nextInt(4) == 0 ? random.nextInt(number) : -1);
    }

    /** The same client of a run that is about fairness: it alone has its name, or it asks for much. */
    ClientPlan fair(int number) {
        GenerationRequest fair = request.with(
                new Client("client " + number, 0, null, request.client().cacheSalt()));
        if (number < 2 && fair.embedding() == null) {
            // One that takes all places for long, and one whose many sequences end at once.
            Stopping stops = new Stopping(number == 0 ? -1 : 1, 0, List.of(), Set.of(), true);
            fair = fair.withChoices(8, 8).with(stops);
        }
        return new ClientPlan(
                number == 0 ? 0 : arrival,
                number > 0 && inPass,
                fair,
                entropy,
                readsPerTick,
                pause,
                leavesAfter,
                mishap,
                -1);
    }

    private static GenerationRequest request(String id, long seed, Setup setup, SplittableRandom random) {
        List<Prompt> prompts = new ArrayList<>();
        for (int count = random.nextInt(5) == 0 ? random.nextInt(1, 5) : 1; count > 0; count--) {
            prompts.add(prompt(seed, setup, random));
        }
        Client client = client(random);
        String adapter = random.nextInt(8) == 0 ? Setup.ADAPTERS.get(random.nextInt(2)) : null;
        if (random.nextInt(16) == 0) {
            return new GenerationRequest(
                            id, prompts, 1, 1, adapter, Sampling.GREEDY, Stopping.after(0), Logprobs.NONE, client)
                    .embedded(random.nextBoolean() ? Pooling.MEAN : Pooling.LAST);
        }
        int n = random.nextInt(3) == 0 ? random.nextInt(1, 6) : 1;
        return new GenerationRequest(
                id,
                prompts,
                n,
                random.nextInt(8) == 0 ? n + random.nextInt(1, 3) : n,
                adapter,
                sampling(random),
                stopping(random),
                logprobs(random),
                client);
    }

    /** The beginning of one of few long texts, often with an end of its own. */
    private static Prompt prompt(long seed, Setup setup, SplittableRandom random) {
        if (random.nextInt(10) == 0) {
            return new Prompt.Text("a text with some letters in it".substring(random.nextInt(20)));
        }
        SplittableRandom base = new SplittableRandom(seed ^ random.nextInt(BASES));
        int shared = random.nextInt(0, setup.contextLength() + 2);
        int own = random.nextInt(2) == 0 ? random.nextInt(8) : 0;
        int[] ids = new int[Math.max(1, shared + own)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (i < shared ? base : random).nextInt(4, Letters.VOCABULARY);
        }
        return new Prompt.Ids(ids);
    }

    private static Client client(SplittableRandom random) {
        return new Client(
                "client " + random.nextInt(3),
                random.nextInt(4) == 0 ? random.nextInt(-1, 2) : 0,
                random.nextInt(6) == 0 ? Duration.ofMillis(random.nextInt(1, 400)) : null,
                random.nextInt(3) == 0 ? "salt " + random.nextInt(2) : "");
    }

    private static Sampling sampling(SplittableRandom random) {
        Map<Integer, Float> bias = new HashMap<>();
        for (int count = random.nextInt(6) == 0 ? random.nextInt(1, 4) : 0; count > 0; count--) {
            bias.put(random.nextInt(4, Letters.VOCABULARY), random.nextInt(-100, 8) / 2f);
        }
        boolean penalties = random.nextInt(5) == 0;
        return new Sampling(
                random.nextInt(2) == 0 ? 0 : random.nextInt(1, 16) / 10f,
                random.nextInt(4) == 0 ? random.nextInt(1, 20) : 0,
                random.nextInt(4) == 0 ? 0.9f : 1,
                random.nextInt(6) == 0 ? 0.05f : 0,
                penalties ? random.nextInt(-4, 5) / 2f : 0,
                penalties ? random.nextInt(-4, 5) / 2f : 0,
                penalties && random.nextBoolean() ? 1.2f : 1,
                bias,
                random.nextBoolean() ? OptionalLong.of(random.nextInt(4)) : OptionalLong.empty());
    }

    private static Stopping stopping(SplittableRandom random) {
        List<String> strings = new ArrayList<>();
        for (int count = random.nextInt(4) == 0 ? random.nextInt(1, 4) : 0; count > 0; count--) {
            strings.add(List.of("ab", "abc", "ghe", "é", "€", "fghefgh", "bcab", "\n", "c")
                    .get(random.nextInt(9)));
        }
        Set<Integer> ids = random.nextInt(8) == 0 ? Set.of(random.nextInt(4, Letters.VOCABULARY)) : Set.of();
        int maxTokens = random.nextInt(20) == 0
                ? -1
                : random.nextInt(12) == 0 ? 0 : random.nextInt(1, random.nextInt(4) == 0 ? 60 : 14);
        return new Stopping(
                maxTokens, random.nextInt(8) == 0 ? random.nextInt(1, 10) : 0, strings, ids, random.nextInt(3) == 0);
    }

    private static Logprobs logprobs(SplittableRandom random) {
        int completion = random.nextInt(3) == 0 ? random.nextInt(0, 4) : -1;
        int prompt = random.nextInt(6) == 0 ? random.nextInt(0, 3) : -1;
        return new Logprobs(completion, prompt, random.nextInt(3) == 0 ? random.nextInt(0, 40) : 0);
    }

    int choices() {
        return request.prompts().size() * request.n();
    }

    /** The request behind the tokens {@code before}, which somebody has got already. */
    GenerationRequest after(int[] before) {
        List<Prompt> prompts = new ArrayList<>(request.prompts());
        int[] own = prompts.getFirst() instanceof Prompt.Ids given ? given.ids() : new int[] {4};
        int[] ids = Arrays.copyOf(before, before.length + Math.min(own.length, 3));
        System.arraycopy(own, 0, ids, before.length, ids.length - before.length);
        prompts.set(0, new Prompt.Ids(ids));
        return new GenerationRequest(
                request.id(),
                prompts,
                request.n(),
                request.bestOf(),
                request.adapter(),
                request.sampling(),
                request.stopping(),
                request.logprobs(),
                request.client(),
                null,
                request.controlTokens(),
                request.embedding());
    }

    /** All of it in one line, the prompts' tokens too. */
    String describe() {
        return this + " prompts="
                + request.prompts().stream()
                        .map(prompt -> prompt instanceof Prompt.Ids given ? Arrays.toString(given.ids()) : "" + prompt)
                        .toList();
    }
}
