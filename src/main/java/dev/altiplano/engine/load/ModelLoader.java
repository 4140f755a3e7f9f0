package dev.altiplano.engine.load;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.LoadListener;
import dev.altiplano.engine.LoadListener.Phase;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSize;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.load.weights.FileStamps;
import dev.altiplano.engine.load.weights.WeightLoader;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.model.Adapter;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.model.LlamaWeights;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.model.Models;
import dev.altiplano.engine.os.LargeMemory;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a path to a model in memory: open, check, fit, pack, warm up. Nothing stays allocated when a step fails. */
public final class ModelLoader {

    private final EngineOptions options;
    private final LoadListener listener;

    public ModelLoader(EngineOptions options, LoadListener listener) {
        this.options = options;
        this.listener = listener;
    }

    public LoadedModel load() {
        long begin = System.nanoTime();
        listener.progress(Phase.OPENING, 0, 1);
        try (Checkpoint checkpoint = Checkpoints.open(options.model().path())) {
            return load(checkpoint, begin);
        } catch (CheckpointException | TokenizerException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        } catch (InternalError e) {
            throw VanishedPages.of(options.model().path(), e);
        }
    }

    // Kernels and arena go to the loaded model, which closes them.
    @SuppressWarnings("MustBeClosedChecker")
    private LoadedModel load(Checkpoint checkpoint, long begin) {
        FileStamps files = FileStamps.of(checkpoint);
        Hyperparameters stated = checkpoint.hyperparameters();
        String size = size(checkpoint);
        Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
        Verification.vocabulary(checkpoint, tokenizer.vocabularySize());
        Hyperparameters config = stated.withContextLength(contextLength(stated));
        ChatTemplate template = ChatLoader.load(options.model().chatTemplate(), checkpoint.tokenizer(), tokenizer);
        Kernels kernels = kernels();
        Arena arena = Arena.ofShared();
        try (AdapterLoader adapters =
                        new AdapterLoader(checkpoint, options.model().adapters());
                DraftLoader draft = DraftLoader.open(options, checkpoint, tokenizer, config.contextLength())) {
            WeightPlan weightPlan = WeightPlan.of(checkpoint, options.model().targetFormat());
            EngineOptions.AdapterRoom room = options.model().adapterRoom();
            int ranks = Math.max(adapters.ranks(), room.ranksOfAProduct());
            MemoryPlan plan = MemoryPlan.fit(
                    options,
                    config,
                    kvFormat(options.kv().format(), weightPlan),
                    weightPlan.bytes() + adapters.bytes(options.batch().maxBatchTokens(), ranks) + room.bytes(),
                    draft == null ? DraftNeeds.NONE : draft.needs());
            WeightLoader loader = new WeightLoader(options, listener, checkpoint, files, kernels, weightPlan);
            LlamaWeights weights = loader.load(arena);
            KvCache kv = new KvCache(plan.kv(), LargeMemory.allocate(plan.kv().byteSize(), arena));
            List<Adapter> loaded = adapters.load(kernels.workers(), arena);
            Model model = Models.create(
                    config, weights, ranks, kernels, kv, options.batch().maxBatchTokens(), plan.maxScoredRows(), arena);
            model.useAdapters(loaded);
            LoadedDraft draftModel = draft == null ? null : draft.load(kernels, plan.draftBlocks(), arena);
            listener.progress(Phase.WARMING_UP, 0, 1);
            warmUp(model, config.contextLength());
            if (draftModel != null) {
                warmUp(draftModel.model(), config.contextLength());
            }
            String contentDigest =
                    ContentDigest.of(checkpoint, weightPlan, plan.kv().format(), tokenizer, templates(template));
            ModelCard card =
                    card(checkpoint, size, config, tokenizer, template, kernels, weights, plan, contentDigest, begin);
            files.requireUnchanged();
            listener.progress(Phase.READY, 1, 1);
            byte[] fingerprint = options.kv().tier() == null
                    ? new byte[0]
                    : KvFingerprint.of(
                            loader.memory(), weightPlan, config, plan.kv(), kernels.backend(), card.oneRule());
            return new LoadedModel(
                    card,
                    config,
                    tokenizer,
                    template,
                    kernels,
                    kv,
                    HexFormat.of().formatHex(fingerprint),
                    model,
                    draftModel,
                    loaded,
                    plan.maxScoredRows(),
                    arena);
        } catch (RuntimeException | Error e) {
            kernels.close();
            arena.close();
            throw e;
        }
    }

    /** The published size whose shape the model has, which must be the configured one. */
    private String size(Checkpoint checkpoint) {
        if (!options.model().size().equalsIgnoreCase("auto")) {
            ModelSize.named(options.model().size()).require(checkpoint);
        }
        return ModelSize.of(checkpoint.hyperparameters()).map(ModelSize::label).orElse("custom");
    }

    private int contextLength(Hyperparameters stated) {
        int asked = options.batch().contextLength();
        if (asked > stated.contextLength()) {
            throw new ModelException("altiplano.engine.context-length = " + asked + " is more than the "
                    + stated.contextLength() + " tokens that the model was made for");
        }
        return asked == 0 ? stated.contextLength() : asked;
    }

    static KvFormat kvFormat(@Nullable KvFormat asked, WeightPlan weights) {
        return asked == null ? weights.kvFormat() : asked;
    }

    /** Touches every weight and goes both ways once: rows of a prompt, and a row that is generated. */
    private void warmUp(Model model, int contextLength) {
        try (Arena scratch = Arena.ofShared()) {
            int tokens = Math.min(contextLength, Math.min(2, options.batch().maxBatchTokens()));
            ForwardBatch batch = new ForwardBatch(tokens, 1, 1, scratch);
            for (boolean generated : new boolean[] {false, true}) {
                batch.clear();
                int list = batch.addBlockList(new int[] {0}, 1);
                for (int i = 0; i < (generated ? 1 : tokens); i++) {
                    batch.add(0, i, list, generated, i == 0);
                }
                model.forward(batch);
            }
        }
    }

    private ModelCard card(
            Checkpoint checkpoint,
            String size,
            Hyperparameters config,
            Tokenizer tokenizer,
            @Nullable ChatTemplate template,
            Kernels kernels,
            LlamaWeights weights,
            MemoryPlan plan,
            String contentDigest,
            long begin) {
        Backend backend = kernels.backend();
        Map<String, Long> formats = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<WeightFormat, Long> entry : weights.bytesByFormat().entrySet()) {
            formats.put(entry.getKey().name(), entry.getValue());
            bytes += entry.getValue();
        }
        return new ModelCard(
                options.model().id(),
                checkpoint.format().name().toLowerCase(Locale.ROOT),
                size,
                ModelSummary.of(checkpoint).parameters(),
                formats,
                config.layers(),
                config.hiddenSize(),
                config.contextLength(),
                tokenizer.vocabularySize(),
                tokenizer.bos(),
                tokenizer.bos() < 0 ? "" : tokenizer.piece(tokenizer.bos()),
                tokenizer.eos(),
                tokenizer.eos() < 0 ? "" : tokenizer.piece(tokenizer.eos()),
                CheckpointTokenizer.specialTokens(checkpoint.tokenizer(), tokenizer)
                        .get("pad_token"),
                bytes,
                plan.kv().byteSize(),
                plan.kv().blockTokens(),
                backend.name() + " " + backend.instructionSet() + ", " + backend.threads() + " threads",
                "from " + backend.source()
                        + (backend.rejected().isEmpty() ? "" : "; not used: " + String.join("; ", backend.rejected())),
                (System.nanoTime() - begin) / 1e9,
                options.decoding().oneRule()
                        || weights.bytesByFormat().keySet().stream().allMatch(kernels.linear()::oneRule),
                contentDigest,
                template == null ? null : template.source(),
                template == null
                        ? ToolCallFormat.NONE
                        : ToolCallFormat.of(
                                template.toolUse().source(),
                                tokenizer.controlTokens().keySet()));
    }

    private Kernels kernels() {
        try {
            return Backends.create(KernelOptions.of(
                    options.compute().backend(), options.compute().threads()));
        } catch (IllegalArgumentException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What conversations are written by; empty for a model that does not chat. */
    private static String templates(@Nullable ChatTemplate template) {
        if (template == null) {
            return "";
        }
        return template.toolUse() == template
                ? template.definition()
                : template.definition() + "\n" + template.toolUse().definition();
    }
}
