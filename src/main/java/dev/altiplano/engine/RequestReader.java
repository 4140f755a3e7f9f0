package dev.altiplano.engine;

import dev.altiplano.engine.sample.Draw;
import dev.altiplano.engine.sample.SamplingParams;
import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads requests: prompts to checked token ids in the submitting thread, ids to choices in the engine thread. */
final class RequestReader {

    private final Tokenizer tokenizer;
    private final int contextLength;

    RequestReader(Tokenizer tokenizer, int contextLength) {
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
    }

    /** Token ids of {@code text}; if {@code special}, with those around it that stand around a prompt. */
    int[] encode(String text, boolean special) {
        int[] ids = tokenizer.encode(text);
        if (!special) {
            return ids;
        }
        List<Integer> prefix = tokenizer.prefixIds();
        List<Integer> suffix = tokenizer.suffixIds();
        int[] all = new int[prefix.size() + ids.length + suffix.size()];
        for (int i = 0; i < prefix.size(); i++) {
            all[i] = prefix.get(i);
        }
        System.arraycopy(ids, 0, all, prefix.size(), ids.length);
        for (int i = 0; i < suffix.size(); i++) {
            all[prefix.size() + ids.length + i] = suffix.get(i);
        }
        return all;
    }

    /** The token ids of all prompts; throws where the request does not fit the model. */
    List<int[]> promptIds(GenerationRequest request) {
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
    List<Choice> choices(LiveRequest live) {
        GenerationRequest request = live.request();
        List<Choice> all = new ArrayList<>();
        for (int prompt = 0; prompt < live.promptIds().size(); prompt++) {
            int[] ids = live.promptIds().get(prompt);
            int maxTokens = request.maxTokens() < 0 ? contextLength - ids.length : request.maxTokens();
            // A seed fixes what each prompt gives, alone or among others; without one, equal prompts are drawn for
            // anew.
            long promptSeed = request.seed().isPresent() ? live.seed() : Draw.derive(live.seed(), prompt);
            Choice first = null;
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
                long seed = Draw.derive(promptSeed, sample);
                Choice choice = new Choice(
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
