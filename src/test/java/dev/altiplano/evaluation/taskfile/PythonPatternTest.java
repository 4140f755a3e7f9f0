package dev.altiplano.evaluation.taskfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.evaluation.task.AnswerFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Patterns with what CPython's {@code re.findall} found by them; several groups of a match are joined by a bar. */
final class PythonPatternTest {

    @Test
    void findsWhatPythonFinds() throws IOException {
        JsonNode data =
                new JsonMapper().readTree(Files.readString(Path.of("src/test/resources/evaluation/patterns.json")));
        assertThat(data.path("patterns").size()).isGreaterThan(55);
        for (JsonNode one : data.path("patterns")) {
            String pattern = one.path("pattern").asString();
            for (int i = 0; i < data.path("texts").size(); i++) {
                List<String> expected = new ArrayList<>();
                one.path("found").path(i).forEach(found -> expected.add(found.asString()));
                assertThat(found(pattern, data.path("texts").path(i).asString()))
                        .as(pattern + " in text " + i)
                        .isEqualTo(expected);
            }
        }
    }

    private static List<String> found(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = PythonPattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            if (AnswerFilter.Regex.splitsCharacter(text, matcher)) {
                continue;
            }
            List<String> groups = new ArrayList<>();
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String part = matcher.group(group);
                groups.add(part == null ? "" : part);
            }
            found.add(groups.isEmpty() ? matcher.group() : String.join("|", groups));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "a**",
                "[a",
                "[z-a]",
                "\\",
                "\\q",
                "\\1",
                "(?P<n>a",
                "(?P<n",
                "(?P=n)",
                "(?",
                "(?z)",
                "(?(1)a|b)",
                "(?a)\\w",
                "\\N{DIGIT ONE}",
                "\\x4",
                "\\U00110000",
                "(?#",
                "[\\"
            })
    void refusesWhatIsMalformedOrMissing(String pattern) {
        assertThatThrownBy(() -> PythonPattern.compile(pattern)).isInstanceOf(PatternSyntaxException.class);
    }
}
