package dev.altiplano.engine.request;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.sample.CounterRandom;
import dev.altiplano.engine.sample.SamplingParams;
import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads requests: prompts to checked token ids in the submitting thread, ids to choices in the engine thread. */
public final class RequestReader {

    private final Tokenizer tokenizer;
    private final int contextLength;

    public RequestReader(Tokenizer tokenizer, int contextLength) {
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
    }

    /** Token ids of {@code text}, with the beginning of sequence in front if the model has one and {@code special}. */
    public int[] encode(String text, boolean special) {
        int[] ids = tokenizer.encode(text);
        if (!special || !tokenizer.addsBos() || tokenizer.bos() < 0) {
            return ids;
        }
        int[] all = new int[ids.length + 1];
        all[0] = tokenizer.bos();
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }

    /** The token ids of all prompts; throws where the request does not fit the model. */
    public List<int[]> promptIds(GenerationRequest request) {
        for (int id : request.logitBias().keySet()) {
            check(id, "logit_bias");
        }
        List<int[]> all = new ArrayList<>();
        for (Prompt prompt : request.prompts()) {
            int[] ids = switch (prompt) {
                case Prompt.Text text -> encode(text.text(), true);
                case Prompt.Ids given -> given.ids().clone();
            };
            if (ids.length == 0) {
                throw new InvalidRequestException(
                        "prompt", "empty_prompt", "the prompt has no tokens; give at least one token or some text");
            }
            for (int id : ids) {
                check(id, "prompt");
            }
            fit(ids.length, request.maxTokens());
            all.add(ids);
        }
        return all;
    }

    private void check(int id, String field) {
        if (id < 0 || id >= tokenizer.vocabularySize()) {
            throw new InvalidRequestException(
                    field,
                    "token_out_of_range",
                    "token id " + id + " is not in the vocabulary: ids are 0 to " + (tokenizer.vocabularySize() - 1));
        }
    }

    private void fit(int promptTokens, int maxTokens) {
        long wanted = promptTokens + Math.max(0L, maxTokens);
        if (wanted > contextLength || maxTokens < 0 && promptTokens >= contextLength) {
            String completion = maxTokens > 0 ? " and max_tokens asks for " + maxTokens + " more" : "";
            throw new InvalidRequestException(
                    "prompt",
                    "context_length_exceeded",
                    "This model's maximum context length is " + contextLength + " tokens, but the prompt has "
                            + promptTokens + completion + " (" + wanted
                            + " in all). Shorten the prompt or the completion.");
        }
    }

    /** The choices of a request, {@code bestOf} for each prompt. */
    List<GenerationSequence> choices(ActiveRequest live) {
        GenerationRequest request = live.request();
        List<GenerationSequence> all = new ArrayList<>();
        for (int prompt = 0; prompt < live.promptIds().size(); prompt++) {
            int[] ids = live.promptIds().get(prompt);
            int maxTokens = request.maxTokens() < 0 ? contextLength - ids.length : request.maxTokens();
            // A seed fixes what each prompt gives, alone or among others; without one, equal prompts are drawn for
            // anew.
            long promptSeed = request.seed().isPresent() ? live.seed() : CounterRandom.derive(live.seed(), prompt);
            GenerationSequence first = null;
            for (int sample = 0; sample < request.bestOf(); sample++) {
                int[] offsets = request.promptLogprobs() && sample == 0 ? new int[ids.length] : new int[0];
                Detokenizer detokenizer = tokenizer.detokenizer();
                int characters = 0;
                for (int i = 0; i < ids.length; i++) {
                    if (offsets.length > 0) {
                        offsets[i] = characters;
                    }
                    characters += detokenizer.append(ids[i]).length();
                }
                long seed = CounterRandom.derive(promptSeed, sample);
                GenerationSequence choice = new GenerationSequence(
                        live,
                        prompt,
                        sample,
                        first,
                        sampling(request, seed),
                        maxTokens,
                        detokenizer,
                        characters,
                        offsets);
                all.add(choice);
                if (first == null) {
                    first = choice;
                }
            }
        }
        return all;
    }

    private static SamplingParams sampling(GenerationRequest request, long seed) {
        int[] ids = request.logitBias().keySet().stream().mapToInt(id -> id).toArray();
        Arrays.sort(ids);
        float[] biases = new float[ids.length];
        Map<Integer, Float> bias = request.logitBias();
        for (int i = 0; i < ids.length; i++) {
            biases[i] = bias.getOrDefault(ids[i], 0f);
        }
        return new SamplingParams(
                request.temperature(),
                request.topK(),
                request.topP(),
                request.minP(),
                request.presencePenalty(),
                request.frequencyPenalty(),
                request.repetitionPenalty(),
                ids,
                biases,
                seed);
    }
}
