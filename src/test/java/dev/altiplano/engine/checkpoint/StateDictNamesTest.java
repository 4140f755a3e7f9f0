package dev.altiplano.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.tensor.StoredTensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateDictNamesTest {

    private static final String EMBEDDING = "tok_embeddings.weight";

    private static Map<String, StoredTensor> plain(String name) {
        Path path = Path.of("consolidated.00.pth");
        StoredTensor tensor = StoredTensor.dense(
                path, name, TensorType.F32, new long[] {1}, Arena.ofAuto().allocate(4, 4));
        TensorFile file = new TensorFile(path, 4, Map.of(name, tensor), List.of());
        return StateDictNames.plain(file, TensorNames.META).tensors();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "model.", "module._orig_mod.", "network.llm.transformer."})
    void whatWrappersPutInFrontIsTakenAway(String prefix) {
        assertThat(plain(prefix + EMBEDDING)).containsOnlyKeys(EMBEDDING);
    }

    @Test
    void otherPrefixesStay() {
        assertThat(plain("vision." + EMBEDDING)).containsOnlyKeys("vision." + EMBEDDING);
    }

    @Test
    void aNameOfAnyLengthIsRead() {
        assertThat(plain("net.".repeat(170_000) + EMBEDDING)).containsOnlyKeys(EMBEDDING);
    }
}
