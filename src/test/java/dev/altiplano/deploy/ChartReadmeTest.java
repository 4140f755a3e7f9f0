package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The chart's README tells what its values are, in their own words. */
class ChartReadmeTest {
    private static final String BEGIN = "<!-- settings: made from values.yaml -->\n";
    private static final String END = "<!-- end of settings -->\n";

    /** {@code mvn test -Dtest=ChartReadmeTest -Dreadme.write=true} writes the table anew. */
    @Test
    void theTableOfSettingsIsMadeFromTheValues() throws IOException {
        Path file = Chart.FOLDER.resolve("README.md");
        String readme = Files.readString(file);
        String table = ValuesTable.of(Files.readString(Chart.FOLDER.resolve("values.yaml")));
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(begin).isLessThanOrEqualTo(end);
        String wanted = readme.substring(0, begin) + table + readme.substring(end);
        if (Boolean.getBoolean("readme.write")) {
            Files.writeString(file, wanted);
        } else {
            assertThat(readme)
                    .as("after a change of values.yaml: mvn test -Dtest=ChartReadmeTest -Dreadme.write=true")
                    .isEqualTo(wanted);
        }
    }

    @Test
    void theSchemaKnowsEverySetting() throws IOException {
        String schema = Files.readString(Chart.FOLDER.resolve("values.schema.json"));
        Tree.leaves(Chart.Values.of(Chart.FOLDER.resolve("values.yaml")).tree(), "", (path, value) -> {
            String key = path.substring(path.lastIndexOf('/') + 1);
            if (!path.matches(".*([lL]abels|/annotations)/.*")) {
                assertThat(schema).contains("\"" + key + "\"");
            }
        });
    }
}
