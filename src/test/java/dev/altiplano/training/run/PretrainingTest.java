package dev.altiplano.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.run.Engines;
import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class PretrainingTest {

    private static final String CONFIG = """
            model.dim = 32
            model.layers = 1
            model.heads = 2
            model.context = 64
            tokenizer.vocabulary = 320
            tokenizer.documents = 200
            train.steps = 60
            train.sequences = 4
            train.micro-sequences = 2
            train.rate = 1e-2
            train.warmup-steps = 5
            train.save-steps = 20
            source.arithmetic.share = 1
            source.arithmetic.from = grammar:arithmetic
            """;

    @TempDir
    private Path folder;

    private final List<StepReport> reports = new ArrayList<>();

    private final Progress progress = new Progress() {
        @Override
        public void step(StepReport report) {
            reports.add(report);
        }

        @Override
        public void note(String text) {}
    };

    private RunConfig config(String text) throws IOException {
        return RunConfig.read(Files.writeString(folder.resolve("run.properties"), text));
    }

    private Path run(String name, String config, int threads, int until) throws IOException {
        Path out = folder.resolve(name);
        Pretraining.run(config(config), out, threads, until, progress, () -> false);
        return out;
    }

    @Test
    void theLossGoesDownAndTheModelCanBeRead() throws IOException {
        Path out = run("a", CONFIG, 2, 1000);
        assertThat(reports).hasSize(60);
        assertThat(reports.getFirst().loss()).isBetween(5.5, 6.1);
        assertThat(reports.getLast().loss()).isLessThan(2.5);
        assertThat(Files.readAllLines(out.resolve("log.csv"))).hasSize(61);
        assertThat(Files.readString(out.resolve("curve.svg")))
                .startsWith("<svg")
                .contains("polyline");
        try (Checkpoint checkpoint = Checkpoints.open(out.resolve("model"))) {
            assertThat(checkpoint.hyperparameters().vocabularySize()).isEqualTo(320);
        }
    }

    @Test
    void anInterruptedRunEndsAsOneThatWasNot() throws IOException {
        Path whole = run("whole", CONFIG, 1, 1000);
        run("parts", CONFIG, 3, 7);
        run("parts", CONFIG, 2, 33);
        Path parts = run("parts", CONFIG, 1, 1000);
        assertThat(parts.resolve("state.bin")).hasSameBinaryContentAs(whole.resolve("state.bin"));
        assertThat(losses(parts)).isEqualTo(losses(whole));
    }

    private static List<String> losses(Path run) throws IOException {
        return Files.readAllLines(run.resolve("log.csv")).stream()
                .map(line -> line.substring(0, line.lastIndexOf(',')))
                .toList();
    }

    @Test
    void aRunCanBeginWithAModel() throws IOException {
        Path first = run("first", CONFIG, 2, 60);
        double reached = reports.getLast().loss();
        reports.clear();
        String more = CONFIG.replace("tokenizer.vocabulary = 320", "model.initial = " + first.resolve("model"));
        run("second", more + "train.seed = 2", 2, 2);
        assertThat(reports.getFirst().loss()).isLessThan(reached + 0.5);
        assertThatThrownBy(() -> run("third", more.replace("model.layers = 1", "model.layers = 2"), 1, 1))
                .hasMessageContaining("has another shape");
    }

    @Test
    void anotherConfigurationOrADamagedStateIsRefused() throws IOException {
        Path out = run("b", CONFIG, 1, 1);
        assertThatThrownBy(() -> run("b", CONFIG.replace("1e-2", "2e-2"), 1, 2))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("begun with train.rate = 1e-2, now it is 2e-2");
        byte[] state = Files.readAllBytes(out.resolve("state.bin"));
        state[state.length / 2] ^= 1;
        Files.write(out.resolve("state.bin"), state);
        assertThatThrownBy(() -> run("b", CONFIG, 1, 2)).hasMessageContaining("checksum does not match");
        Files.write(out.resolve("state.bin"), java.util.Arrays.copyOf(state, state.length / 2));
        assertThatThrownBy(() -> run("b", CONFIG, 1, 2)).hasMessageContaining("damaged or cut off");
    }

    @Test
    void aLossThatIsNoNumberStopsTheRunAndKeepsTheCheckpoint() throws IOException {
        String wild = CONFIG.replace("train.rate = 1e-2", "train.rate = 10")
                .replace("train.warmup-steps = 5", "train.warmup-steps = 0\ntrain.weight-decay = 10")
                .replace("train.save-steps = 20", "train.save-steps = 2\nexport.type = F32");
        assertThatThrownBy(() -> run("c", wild, 1, 1000))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching("the loss is .* at step \\d+: .*the checkpoint of step \\d+ is kept");
        int last = reports.getLast().step();
        reports.clear();
        assertThatThrownBy(() -> run("c", wild, 1, 1000)).hasMessageContaining("at step " + (last + 1));
        assertThat(reports).hasSizeLessThan(2);
        String unsaved = wild.replace("train.save-steps = 2", "train.save-steps = 1000");
        assertThatThrownBy(() -> run("d", unsaved, 1, 1000))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("nothing had been saved");
    }

    @Test
    void aFullDiskLeavesTheCheckpointBeforeIt() throws IOException {
        Path out = run("d", CONFIG, 1, 3);
        byte[] before = Files.readAllBytes(out.resolve("state.bin"));
        Files.createSymbolicLink(out.resolve("state.bin.part"), Path.of("/dev/full")); // has no space, as a full disk
        assertThatThrownBy(() -> run("d", CONFIG, 1, 5))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("state.bin, is kept: free some space and start again");
        assertThat(out.resolve("state.bin")).hasBinaryContent(before);
        reports.clear();
        run("d", CONFIG, 1, 5);
        assertThat(reports.getFirst().step()).isEqualTo(4);
    }

    @Test
    void aModelThatCouldNotBeWrittenIsWrittenAtTheNextStart() throws IOException {
        run("e", CONFIG, 1, 2);
        Path model = folder.resolve("e/model/consolidated.00.pth");
        byte[] before = Files.readAllBytes(model);
        Path part = model.resolveSibling("consolidated.00.pth.part");
        Files.createSymbolicLink(part, Path.of("/dev/full"));
        assertThatThrownBy(() -> run("e", CONFIG, 1, 4))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("start again");
        assertThat(model).hasBinaryContent(before);
        assertThat(Files.exists(part, LinkOption.NOFOLLOW_LINKS)).isFalse();
        run("e", CONFIG, 1, 4);
        Path whole = run("whole", CONFIG, 1, 4);
        assertThat(model).hasSameBinaryContentAs(whole.resolve("model/consolidated.00.pth"));
    }

    @Test
    void aSourceThatChangedIsRefused() throws IOException {
        Path source = Files.writeString(folder.resolve("source.txt"), "one\n\ntwo and three\n");
        String config = CONFIG.replace("grammar:arithmetic", source.toString())
                + "source.lists.share = 1\nsource.lists.from = grammar:lists";
        run("g", config, 1, 1);
        Files.writeString(source, "one\n\ntwo and four!\n");
        assertThatThrownBy(() -> run("g", config, 1, 2))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("source.txt has changed since the run was begun")
                .hasMessageContaining("another folder");
        Files.writeString(source, "one\n\ntwo and three\n");
        reports.clear();
        run("g", config, 1, 2);
        assertThat(reports.getFirst().step()).isEqualTo(2);
    }

    @Test
    void aTokenizerWithoutAStateDoesNotStay() throws IOException {
        Path out = run("h", CONFIG, 1, 1);
        Files.delete(out.resolve("state.bin"));
        run("h", CONFIG.replace("vocabulary = 320", "vocabulary = 336"), 1, 1);
        try (Checkpoint checkpoint = Checkpoints.open(out.resolve("model"))) {
            assertThat(checkpoint.hyperparameters().vocabularySize()).isEqualTo(336);
        }
    }

    @Test
    void examplesAndABaseThatChangedAreRefused() throws IOException {
        Path base = run("base", CONFIG, 2, 1).resolve("model");
        String example = "{\"instruction\": \"Who?\", \"response\": \"Tom.\"}\n";
        Path file = Files.writeString(folder.resolve("examples.jsonl"), example);
        tune(base, file, "i");
        Files.writeString(file, example.replace("Tom", "Ann"));
        assertThatThrownBy(() -> tune(base, file, "i"))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("examples.jsonl has changed since the run was begun");
        Files.writeString(file, example);
        tune(base, file, "i");
        run("base", CONFIG, 2, 2);
        assertThatThrownBy(() -> tune(base, file, "i"))
                .hasMessageContaining(base + " has changed since the run was begun");
    }

    @Test
    void aBaseThatTrainingWouldChangeIsRefused() throws IOException {
        Path file = Files.writeString(
                folder.resolve("examples.jsonl"), "{\"instruction\": \"Who?\", \"response\": \"Tom.\"}\n");
        Path meta = run("base", CONFIG, 2, 1).resolve("model");
        refused(
                changed(meta, "params.json", "{", "{\"use_scaled_rope\": true, "),
                file,
                "scaled for long contexts (Llama3)");
        refused(changed(meta, "params.json", "{", "{\"sliding_window\": 32, "), file, "a window of 32 positions");
        Path hf = Path.of("src/test/resources/reference/hf-base");
        refused(
                changed(hf, "config.json", "{", "{\"partial_rotary_factor\": 0.5, "),
                file,
                "positions turn 8 of the 16 dimensions");
        Path added = changed(hf, "config.json", "{", "{");
        Files.copy(
                meta.resolve("tokenizer.model"), added.resolve("tokenizer.model"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(added.resolve("added_tokens.json"), "{\"<|im_start|>\": 320}");
        refused(added, file, "has embeddings for 512 tokens, its tokenizer.model 320");
        Path biased = changed(hf, "config.json", "\"attention_bias\": false", "\"attention_bias\": true");
        SafetensorsFile weights = SafetensorsFile.read(hf.resolve("model.safetensors"));
        for (String bias : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
            for (int layer = 0; layer < 2; layer++) {
                byte[] values = new byte[2 * 64];
                values[1] = 0x3C;
                weights.tensors.put(
                        "model.layers." + layer + ".self_attn." + bias + ".bias",
                        new SafetensorsFile.Entry("F16", new long[] {64}, values));
            }
        }
        weights.write(biased.resolve("model.safetensors"));
        refused(biased, file, "it has the tensor blk.0.attn_");
        String initial = CONFIG.replace("model.dim = 32", "model.dim = 64\nmodel.initial = " + biased)
                .replace("model.layers = 1", "model.layers = 2")
                .replace("model.heads = 2", "model.heads = 4")
                .replace("model.context = 64", "model.context = 2048\ntrain.context = 64");
        assertThatThrownBy(() -> run("biased", initial, 1, 1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("it has the tensor blk.0.attn_");
        tune(hf, file, "plain");
    }

    @Test
    void aTemplateSeesTheTokensThatTheServiceShowsIt() throws IOException {
        Path base = changed(Path.of("src/test/resources/reference/hf-base"), "config.json", "{", "{");
        Files.writeString(base.resolve("special_tokens_map.json"), "{\"pad_token\": \"<unk>\"}");
        Files.writeString(
                base.resolve("chat_template.jinja"),
                "{% if pad_token != '<unk>' or unk_token != '<unk>' %}{{ raise_exception('unseen') }}{% endif %}"
                        + "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}"
                        + "{% if add_generation_prompt %}assistant: {% endif %}");
        Path file = Files.writeString(
                folder.resolve("chats.jsonl"),
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Who?\"},"
                        + " {\"role\": \"assistant\", \"content\": \"Tom.\"}]}\n");
        assertThat(tune(base, file, "seen").resolve("model/chat_template.jinja"))
                .hasSameTextualContentAs(base.resolve("chat_template.jinja"));
    }

    private void refused(Path base, Path examples, String why) {
        assertThatThrownBy(() -> tune(base, examples, "never"))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(base + ": ")
                .hasMessageContaining(why)
                .hasMessageContaining("begin with");
    }

    /** A copy of a model with another text in one of its files. */
    private Path changed(Path model, String file, String from, String to) throws IOException {
        Path copy = Files.createTempDirectory(folder, "base");
        try (Stream<Path> files = Files.list(model)) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName()));
            }
        }
        Path target = copy.resolve(file);
        String text = Files.readString(target);
        int at = text.indexOf(from);
        Files.writeString(target, text.substring(0, at) + to + text.substring(at + from.length()));
        return copy;
    }

    private Path tune(Path base, Path examples, String name) {
        Path out = folder.resolve(name);
        Finetuning.run(
                new Finetuning.Options(base, examples, 1, 1e-2, 2, 4, 8, TensorType.F32, 1, null),
                out,
                1,
                progress,
                () -> false);
        return out;
    }

    @Test
    void mistakesInTheConfigurationAreNamed() throws IOException {
        assertThatThrownBy(() -> config("model.dims = 3")).hasMessageContaining("unknown setting model.dims");
        assertThatThrownBy(() -> config("model.dim = x")).hasMessageContaining("model.dim = x: must be a whole number");
        assertThatThrownBy(() -> config("export.type = Q4_0")).hasMessageContaining("must be F16, BF16 or F32");
        assertThatThrownBy(() -> run("f", CONFIG.replace("grammar:arithmetic", "grammar:poems"), 1, 1))
                .hasMessageContaining("grammar:poems");
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\n");
        assertThatThrownBy(() -> run("f", CONFIG.replace("grammar:arithmetic", empty.toString()), 1, 1))
                .hasMessageContaining("empty.txt: has no text");
        assertThatThrownBy(() -> run("f", CONFIG.replace("model.dim = 32", "model.dim = 40"), 1, 1))
                .hasMessageContaining("hidden size 40");
        String huge = CONFIG.replace("model.dim = 32", "model.dim = 8192").replace("layers = 1", "layers = 32");
        assertThatThrownBy(() -> run("f", huge.replace("heads = 2", "heads = 64"), 1, 1))
                .hasMessageContaining("choose a smaller model");
    }

    @Test
    void fineTuningLearnsTheAnswersWithAllWeightsOrAnAdapter() throws IOException {
        Path base = run("base", CONFIG, 2, 60).resolve("model");
        StringBuilder examples = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            examples.append("{\"instruction\": \"What is ").append(i % 5).append("?\", \"response\": \"It is 7.\"}\n");
        }
        Path file = Files.writeString(folder.resolve("examples.jsonl"), examples);
        for (int rank : new int[] {0, 4}) {
            reports.clear();
            Path out = folder.resolve("tuned" + rank);
            Finetuning.run(
                    new Finetuning.Options(base, file, 60, 1e-2, 4, rank, 8, TensorType.F32, 1, null),
                    out,
                    2,
                    progress,
                    () -> false);
            assertThat(reports.getLast().loss()).isLessThan(reports.getFirst().loss() / 4);
            assertThat(Files.exists(out.resolve("adapter"))).isEqualTo(rank > 0);
            try (Checkpoint checkpoint = Checkpoints.open(out.resolve("model"))) {
                assertThat(checkpoint.hyperparameters().layers()).isEqualTo(1);
            }
        }
        Path tuned = folder.resolve("tuned4");
        List<TokenScore> merged = answer(tuned.resolve("model"), Map.of());
        List<TokenScore> beside = answer(base, Map.of("tuned", tuned.resolve("adapter")));
        assertThat(beside)
                .extracting(TokenScore::id)
                .isEqualTo(merged.stream().map(TokenScore::id).toList());
        for (int i = 0; i < merged.size(); i++) {
            assertThat(beside.get(i).logprob()).isCloseTo(merged.get(i).logprob(), within(1e-3));
        }
        assertThatThrownBy(() -> Finetuning.run(
                        new Finetuning.Options(base, file, 1, 1e-2, 4, 33, 8, TensorType.F32, 1, null),
                        folder.resolve("tuned33"),
                        1,
                        progress,
                        () -> false))
                .hasMessageContaining("LoRA rank 33: must be from 1 to 32");
    }

    /** The most likely tokens, computed with the adapter if there is one. */
    private static List<TokenScore> answer(Path model, Map<String, Path> adapters) {
        EngineOptions options =
                Settings.of(model.toAbsolutePath().toString()).options().with(new EngineOptions.Batch(0, 1, 64));
        GenerationRequest request = GenerationRequest.of("1", new Prompt.Text("[INST] What is 3? [/INST] "), 8)
                .withAdapter(adapters.isEmpty() ? null : "tuned");
        try (Engine engine = Engines.open(
                options.with(options.model().withAdapters(adapters)),
                (phase, done, total) -> {},
                EngineObserver.NONE)) {
            return Completed.of(engine.submit(request)).scores().get(0);
        }
    }
}
