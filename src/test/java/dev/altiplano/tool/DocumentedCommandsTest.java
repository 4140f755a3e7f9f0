package dev.altiplano.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands and options that the documents show are the program's. */
class DocumentedCommandsTest {

    private static final Pattern SHOWN =
            Pattern.compile("^java -jar target/altiplano[.]jar +([a-z][a-z-]*)([^#\\n]*)", Pattern.MULTILINE);
    private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z0-9-]+");

    @Test
    void exist() throws IOException {
        Set<String> commands = new TreeSet<>();
        for (Path document : documents()) {
            for (var shown : SHOWN.matcher(Files.readString(document)).results().toList()) {
                String command = shown.group(1);
                var spec = AltiplanoCommand.commandLine().getSubcommands().get(command);
                assertThat(spec)
                        .as("%s shows the command %s", document, command)
                        .isNotNull();
                for (String word : shown.group(2).trim().split(" +")) {
                    spec = spec.getSubcommands().getOrDefault(word, spec);
                }
                for (var option : OPTION.matcher(shown.group(2)).results().toList()) {
                    assertThat(spec.getCommandSpec().optionsMap())
                            .as("%s: %s", document, shown.group())
                            .containsKey(option.group());
                }
                commands.add(command);
            }
        }
        assertThat(commands).contains("verify", "merge", "bench");
    }

    @Test
    void explainThemselves() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        for (String command : AltiplanoCommand.commandLine().getSubcommands().keySet()) {
            assertThat(Commands.run(nowhere, nowhere, "help", command))
                    .as(command)
                    .isZero();
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }
}
