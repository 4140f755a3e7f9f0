package dev.altiplano.evaluation.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PythonLiteralTest {

    @Test
    void readsWhatPythonWrites() throws PythonLiteral.MalformedException {
        assertThat(PythonLiteral.parse("['it\\'s', \"two\", 'a' 'b', '\\u00e9\\x41\\n']"))
                .isEqualTo(List.of("it's", "two", "ab", "éA\n"));
        assertThat(PythonLiteral.parse(" (1, -2.5e1, True) ")).isEqualTo(List.of(1L, -25.0, true));
        assertThat(PythonLiteral.parse("('x')")).isEqualTo("x");
        assertThat(PythonLiteral.parse("('x',)")).isEqualTo(List.of("x"));
        assertThat(PythonLiteral.parse("{'a': [1, 2], 'b': 'c'}")).isEqualTo(Map.of("a", List.of(1L, 2L), "b", "c"));
        assertThat(PythonLiteral.parse("None")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1", "['a'", "[1] 2", "__import__('os')", "1+1", "['a', b]", "'\\xZZ'", "--"})
    void refusesAnythingElse(String source) {
        assertThatThrownBy(() -> PythonLiteral.parse(source)).isInstanceOf(PythonLiteral.MalformedException.class);
    }

    @Test
    void refusesDeepNesting() {
        assertThatThrownBy(() -> PythonLiteral.parse("[".repeat(100_000)))
                .isInstanceOf(PythonLiteral.MalformedException.class)
                .hasMessageContaining("deeper");
    }
}
