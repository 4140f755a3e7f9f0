package dev.altiplano.engine.request;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.sample.CounterRandom;
import dev.altiplano.engine.sample.GrammarMask;
import dev.altiplano.engine.sample.LogitBias;
import dev.altiplano.engine.sample.LogitsProcessor;
import dev.altiplano.engine.sample.MinimumLength;
import dev.altiplano.engine.sample.Penalties;
import dev.altiplano.engine.sample.SamplingParams;
import dev.altiplano.engine.speculate.Continuation;
import dev.altiplano.engine.speculate.SequenceDrafts;
import dev.altiplano.engine.speculate.Speculation;
import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads requests: prompts to checked token ids in the submitting thread, ids to sequences in the engine thread. */
public final class RequestReader {

    /** Tokens of a prompt after which a detokenizer is as if it had seen all: a character has no more bytes. */
    private static final int TAIL = 64;

    private final Tokenizer tokenizer;
    private final int contextLength;
    private final @Nullable Speculation speculation;
    private final ChatPrompts chats;
    private final Grammars grammars;
    private final ControlTexts controls;
    private final Infill infill;
    private final int[] endIds;
    private final TextLength length;

    /**
     * @param template null for a model that does not chat
     * @param speculation drafts the next tokens of sequences; null where nobody does
     */
    public RequestReader(
            Tokenizer tokenizer,
            @Nullable ChatTemplate template,
            int contextLength,
            @Nullable Speculation speculation) {
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
        this.speculation = speculation;
        length = TextLength.of(tokenizer, contextLength);
        chats = new ChatPrompts(tokenizer, template, length);
        controls = new ControlTexts(tokenizer, template);
        infill = new Infill(tokenizer);
        grammars = new Grammars(tokenizer, controls.marks());
        endIds = IntStream.range(0, tokenizer.vocabularySize())
                .filter(tokenizer::isEnd)
                .toArray();
    }

    /** Token ids of {@code text}; if {@code special}, with those around it that stand around a prompt. */
    public int[] encode(String text, boolean special) {
        return special ? around(tokenizer.encode(text)) : tokenizer.encode(text);
    }

    /** The same where each spelling of a control token is that token. */
    public int[] encodeParsed(String text, boolean special) {
        return special ? around(tokenizer.encodeParsed(text)) : tokenizer.encodeParsed(text);
    }

    /** As {@link dev.altiplano.engine.Engine#tokenizeInfill}. */
    public int[] encodeInfill(String before, String after) {
        return infill.encode(before, after);
    }

    /** As {@link dev.altiplano.engine.Engine#requireFits}. */
    public void requireFits(String field, String text) {
        length.require(field, text.length());
    }

    private int[] around(int[] ids) {
        return Stream.of(tokenizer.prefixIds().stream(), Arrays.stream(ids).boxed(), tokenizer.suffixIds().stream())
                .flatMap(part -> part)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The tokens of all prompts; throws {@link InvalidRequestException} where the request does not fit the model. */
    List<PromptTokens> prompts(GenerationRequest request) {
        for (int id : request.sampling().logitBias().keySet()) {
            check(id, "logit_bias");
        }
        for (int id : request.stopping().tokenIds()) {
            check(id, "stop_token_ids");
        }
        List<PromptTokens> all = new ArrayList<>();
        for (Prompt prompt : request.prompts()) {
            String field = prompt instanceof Prompt.Chat ? "messages" : "prompt";
            int[] ids = switch (prompt) {
                case Prompt.Text(String text) -> {
                    requireFits("prompt", text);
                    yield encode(text, true);
                }
                case Prompt.Ids given -> given.ids().clone();
                case Prompt.Chat(ChatRequest conversation, int most) -> chats.encode(conversation, most);
            };
            if (ids.length == 0) {
                throw new InvalidRequestException(
                        field, "empty_prompt", "the prompt has no tokens; give at least one token or some text");
            }
            for (int id : ids) {
                check(id, field);
            }
            fit(field, ids.length, request.stopping().maxTokens());
            all.add(read(ids, request));
        }
        return all;
    }

    private PromptTokens read(int[] ids, GenerationRequest request) {
        if (!request.logprobs().any()) {
            return new PromptTokens(ids, 0, new int[0]);
        }
        int[] offsets = new int[request.scoresPrompt() ? ids.length : 0];
        Detokenizer detokenizer = tokenizer.detokenizer();
        int characters = 0;
        for (int i = 0; i < ids.length; i++) {
            if (offsets.length > 0) {
                offsets[i] = characters;
            }
            String text = detokenizer.append(ids[i]);
            characters += text.codePointCount(0, text.length());
        }
        return new PromptTokens(ids, characters, offsets);
    }

    private void check(int id, String field) {
        if (id < 0 || id >= tokenizer.vocabularySize()) {
            throw new InvalidRequestException(
                    field,
                    "token_out_of_range",
                    "token id " + id + " is not in the vocabulary: ids are 0 to " + (tokenizer.vocabularySize() - 1));
        }
    }

    private void fit(String field, int promptTokens, int maxTokens) {
        long wanted = promptTokens + Math.max(0L, maxTokens);
        if (wanted > contextLength || maxTokens < 0 && promptTokens >= contextLength) {
            String completion = maxTokens > 0 ? " and max_tokens asks for " + maxTokens + " more" : "";
            throw new InvalidRequestException(
                    field,
                    "context_length_exceeded",
                    "This model's maximum context length is " + contextLength + " tokens, but the prompt has "
                            + promptTokens + completion + " (" + wanted
                            + " in all). Shorten the prompt or the completion.");
        }
    }

    /** The sequences of a request, {@code bestOf} for each prompt. */
    List<GenerationSequence> sequences(ActiveRequest active) {
        GenerationRequest request = active.request();
        Sampling sampling = request.sampling();
        List<GenerationSequence> all = new ArrayList<>();
        for (int prompt = 0; prompt < active.prompts().size(); prompt++) {
            int[] ids = active.prompts().get(prompt).ids();
            int asked = request.stopping().maxTokens();
            int maxTokens = Math.min(asked < 0 ? request.stopping().bound() : asked, contextLength - ids.length);
            // A seed fixes what each prompt gives, alone or among others; without one, equal prompts are drawn
            // differently.
            long promptSeed = sampling.seed().isPresent() ? active.seed() : CounterRandom.derive(active.seed(), prompt);
            boolean begins = beginsText(request, request.prompts().get(prompt));
            GenerationSequence first = null;
            for (int sample = 0; sample < request.bestOf(); sample++) {
                Detokenizer detokenizer = controls.detokenizer(request.controlTokens());
                for (int i = begins ? ids.length : Math.max(0, ids.length - TAIL); i < ids.length; i++) {
                    String ignored = detokenizer.append(ids[i]);
                }
                SamplingParams params = new SamplingParams(
                        sampling.temperature(),
                        sampling.topK(),
                        sampling.topP(),
                        sampling.minP(),
                        CounterRandom.derive(promptSeed, sample));
                List<LogitsProcessor> processors = processors(active, ids);
                GenerationSequence sequence = new GenerationSequence(
                        active,
                        prompt,
                        sample,
                        first,
                        params,
                        processors,
                        maxTokens,
                        detokenizer,
                        drafts(active, ids, params, processors));
                all.add(sequence);
                if (first == null) {
                    first = sequence;
                }
            }
        }
        return all;
    }

    /**
     * Whether what follows is a text of its own, an answer: a space that only marks its beginning is no part of it, as templates
     * put it in front again when it comes back. A grammar counts every character.
     */
    private static boolean beginsText(GenerationRequest request, Prompt prompt) {
        return prompt instanceof Prompt.Chat chat
                && chat.conversation().addsGenerationPrompt()
                && (request.grammar() == null
                        || request.grammar() instanceof GrammarSource.Tagged tagged && tagged.instead() == null);
    }

    private @Nullable SequenceDrafts drafts(
            ActiveRequest active, int[] prompt, SamplingParams sampling, List<LogitsProcessor> processors) {
        if (speculation == null) {
            return null;
        }
        GenerationRequest request = active.request();
        return speculation.begin(new Continuation(
                prompt.length,
                GenerationSequence.salt(active),
                sampling,
                processors,
                token -> request.endsAt(token, tokenizer.isEnd(token))));
    }

    private List<LogitsProcessor> processors(ActiveRequest active, int[] prompt) {
        GenerationRequest request = active.request();
        Sampling sampling = request.sampling();
        Stopping stopping = request.stopping();
        List<LogitsProcessor> processors = new ArrayList<>();
        if (!sampling.logitBias().isEmpty()) {
            processors.add(new LogitBias(sampling.logitBias()));
        }
        if (sampling.repetitionPenalty() != 1 || sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
            processors.add(new Penalties(
                    sampling.presencePenalty(), sampling.frequencyPenalty(), sampling.repetitionPenalty(), prompt));
        }
        CompiledGrammar grammar = active.grammar();
        GrammarMask mask =
                grammar == null ? null : grammars.mask(grammar, request.grammar() instanceof GrammarSource.Tagged);
        if (stopping.minTokens() > 0) {
            IntStream ends = IntStream.of(endIds).filter(id -> request.endsAt(id, true));
            processors.add(new MinimumLength(
                    stopping.minTokens(),
                    IntStream.concat(ends, stopping.tokenIds().stream().mapToInt(Integer::intValue))
                            .distinct()
                            .toArray(),
                    mask == null ? null : mask.matcher()));
        }
        if (mask != null) {
            processors.add(mask);
        }
        return processors;
    }

    /** The grammar of a request, compiled; null where it has none. */
    @Nullable
    CompiledGrammar grammar(GenerationRequest request) {
        return request.grammar() == null ? null : grammars.compile(request.grammar());
    }
}
