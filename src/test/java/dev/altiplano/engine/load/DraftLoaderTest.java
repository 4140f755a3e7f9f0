package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.RandomModel;
import dev.altiplano.engine.TestEngines.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Draft models that cannot draft for a model, and what is said about them. */
class DraftLoaderTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir
    private Path folder;

    private static EngineOptions options(Path model, Path draft) {
        EngineOptions options = Settings.of("base-mp1").options();
        return options.with(EngineOptions.Model.of(model, "test"))
                .with(options.decoding().with(EngineOptions.DraftModel.of(draft)));
    }

    private static LoadedModel load(EngineOptions options) {
        return new ModelLoader(options, (phase, done, total) -> {}).load();
    }

    private static void assertRefused(Path model, Path draft, String... words) {
        assertThatThrownBy(() -> load(options(model, draft)))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void anotherVocabularyIsRefusedWithTheFirstDifference() throws IOException {
        Path one = RandomModel.write(folder, 1);
        Path two = RandomModel.write(folder, 2);
        assertRefused(one, two, "another vocabulary: token 259 is \"", "the model's is \"", "draft-model.path");
        assertRefused(REFERENCE.resolve("base-mp1"), one, "another vocabulary: the number of tokens is 659", "is 512");
    }

    @Test
    void aDraftModelLargerThanTheModelIsRefused() {
        assertRefused(
                REFERENCE.resolve("base-mp1"),
                REFERENCE.resolve("gqa-mp1"),
                "gqa-mp1 has 176448 weights",
                "the model 172352",
                "smaller");
    }

    @Test
    void aPathWithoutAModelIsRefused() throws IOException {
        Path base = REFERENCE.resolve("base-mp1");
        assertRefused(base, folder.resolve("nothing"), "the draft model cannot be used", "nothing", "does not exist");
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        assertRefused(base, empty, "the draft model cannot be used", "empty.gguf");
        assertRefused(base, REFERENCE.resolve("malformed/arch-unknown.gguf"), "the draft model cannot be used");
    }

    @Test
    void theSameModelInAnotherContainerIsTaken() {
        Path model = REFERENCE.resolve("base-mp1");
        for (String draft : new String[] {"base-mp1", "hf-base", "gguf/base-q4_0.gguf"}) {
            try (LoadedModel loaded = load(options(model, REFERENCE.resolve(draft)))) {
                assertThat(loaded.draft()).isNotNull();
                assertThat(loaded.draft().blocks())
                        .isEqualTo(loaded.kv().shape().blocks());
            }
        }
    }

    /** What begins and ends a text is the model's alone to say. */
    @Test
    void aDraftModelMayBeginAndEndTextsInAnotherWay() throws IOException {
        Path draft = Files.createDirectory(folder.resolve("draft"));
        for (String name : new String[] {"config.json", "model.safetensors", "tokenizer.model"}) {
            Files.copy(REFERENCE.resolve("hf-base").resolve(name), draft.resolve(name));
        }
        Files.writeString(draft.resolve("generation_config.json"), "{\"bos_token_id\": 5, \"eos_token_id\": [200, 2]}");
        try (LoadedModel loaded = load(options(REFERENCE.resolve("hf-base"), draft))) {
            assertThat(loaded.draft()).isNotNull();
        }
    }

    @Test
    void nothingIsLoadedWhereNothingIsDrafted() {
        EngineOptions options = options(REFERENCE.resolve("base-mp1"), folder.resolve("nothing"));
        EngineOptions.DraftModel draft = options.decoding().draftModel();
        try (LoadedModel loaded = load(options.with(new EngineOptions.Decoding(false, false).with(draft)))) {
            assertThat(loaded.draft()).isNull();
        }
    }
}
