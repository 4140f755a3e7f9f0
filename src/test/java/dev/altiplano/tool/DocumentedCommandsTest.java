package dev.altiplano.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands and options that the documents show are the program's. */
class DocumentedCommandsTest {

    private static final Pattern SHOWN =
            Pattern.compile("^java -jar target/altiplano[.]jar +([a-z][a-z-]*)([^#\\n]*)", Pattern.MULTILINE);
    private static final Path TOOLS = Path.of("docs/tools.md");
    /** What an example costs a second and changes nothing but a folder. */
    private static final Set<String> CHEAP = Set.of("verify", "merge", "quantize", "bench", "corpus");

    /** An option in the first column of a table. */
    private static final Pattern TABLED =
            Pattern.compile("(?m)(?:^\\| |(?<=`), )`(--[a-z0-9-]+)`(?=(?:, `--[a-z0-9-]+`)* \\|)");

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
    void haveTheirSectionWithEveryOptionAndNoOther() throws IOException {
        Map<String, String> sections = new HashMap<>();
        for (String section : Files.readString(TOOLS).split("(?m)^#+ ")) {
            sections.put(section.lines().findFirst().orElse(""), section);
        }
        Map<String, CommandLine> commands =
                new TreeMap<>(AltiplanoCommand.commandLine().getSubcommands());
        CommandLine corpus = commands.get("corpus");
        corpus.getSubcommands().forEach((name, command) -> commands.put("corpus " + name, command));
        commands.remove("help");
        commands.forEach((name, command) -> {
            assertThat(sections).as("sections of " + TOOLS).containsKey(name);
            Set<String> told = new TreeSet<>();
            TABLED.matcher(sections.get(name)).results().forEach(option -> told.add(option.group(1)));
            Set<String> options =
                    new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
            options.removeAll(Set.of("-h", "--help", "-V", "--version"));
            assertThat(told).as(name).isEqualTo(options);
        });
    }

    @Test
    void doWhatTheExamplesShow(@TempDir Path folder) throws IOException {
        Path model = Path.of("src/test/resources/reference/base-mp1");
        int run = 0;
        for (var shown : SHOWN.matcher(Files.readString(TOOLS)).results().toList()) {
            if (!CHEAP.contains(shown.group(1)) || shown.group(2).contains("--random")) {
                continue;
            }
            String line = (shown.group(1) + " " + shown.group(2).strip())
                    .replaceAll("/models/7B(?= |$)", model.toString())
                    .replace("/models/", folder + "/");
            StringWriter err = new StringWriter();
            assertThat(Commands.run(new PrintWriter(Writer.nullWriter()), new PrintWriter(err), line.split(" +")))
                    .as("%s: %s", line, err)
                    .isZero();
            run++;
        }
        assertThat(run).isGreaterThan(CHEAP.size());
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
