package dev.altiplano.tool.train;

import dev.altiplano.training.corpus.Conversations;
import dev.altiplano.training.corpus.Document;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.text.Cleaner;
import dev.altiplano.training.text.TextFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Text to learn from: written by the grammar, cleaned, checked. */
@Command(
        name = "corpus",
        description = "Writes, cleans and checks text to train with.",
        mixinStandardHelpOptions = true)
public final class CorpusCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which: write, clean or check?");
    }

    @Command(
            name = "write",
            description = "Writes documents of one kind as JSON lines; always the same ones for a seed.",
            mixinStandardHelpOptions = true)
    int write(
            @Parameters(paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}") DocumentKind kind,
            @Parameters(paramLabel = "OUT.jsonl") Path out,
            @Option(names = "--documents", defaultValue = "1000", description = "How many (default: ${DEFAULT-VALUE}).")
                    long documents,
            @Option(names = "--seed", defaultValue = "1", description = "Which ones (default: ${DEFAULT-VALUE}).")
                    long seed,
            @Option(names = "--force", description = "Replace OUT.jsonl if it exists.") boolean force)
            throws IOException {
        TextOutput.write(out, force, writer -> {
            for (long i = 0; i < documents; i++) {
                Document document = Grammar.document(kind, seed, i);
                ObjectNode json = JSON.createObjectNode();
                if (kind == DocumentKind.INSTRUCTIONS) {
                    json.put("instruction", document.prompt()).put("response", document.answer());
                } else {
                    json.put("text", document.text());
                }
                line(writer, json);
            }
        });
        return 0;
    }

    @Command(
            name = "conversations",
            description =
                    "Writes conversations as JSON lines with \"messages\" and \"tools\"; always the same ones for a seed.",
            mixinStandardHelpOptions = true)
    int conversations(
            @Parameters(paramLabel = "OUT.jsonl") Path out,
            @Option(names = "--documents", defaultValue = "1000", description = "How many (default: ${DEFAULT-VALUE}).")
                    long documents,
            @Option(names = "--seed", defaultValue = "1", description = "Which ones (default: ${DEFAULT-VALUE}).")
                    long seed,
            @Option(names = "--force", description = "Replace OUT.jsonl if it exists.") boolean force)
            throws IOException {
        TextOutput.write(out, force, writer -> {
            for (long i = 0; i < documents; i++) {
                line(writer, ConversationJson.of(Conversations.conversation(seed, i)));
            }
        });
        return 0;
    }

    private static void line(Writer writer, ObjectNode json) throws IOException {
        writer.write(JSON.writeValueAsString(json));
        writer.write('\n');
    }

    @Command(
            name = "clean",
            description = "Drops repeated lines, other languages and text unlike a reference.",
            mixinStandardHelpOptions = true)
    int clean(
            @Parameters(
                            paramLabel = "IN",
                            description =
                                    "A text file with empty lines between documents, or JSON lines with \"text\".")
                    Path in,
            @Parameters(paramLabel = "OUT.jsonl") Path out,
            @Option(
                            names = "--steps",
                            split = ",",
                            defaultValue = "duplicates,language,quality",
                            description = "Which steps, in order (default: ${DEFAULT-VALUE}).")
                    List<String> steps,
            @Option(
                            names = "--reference",
                            description = "Good text that the rest is measured by; without it, the grammar's stories.")
                    @Nullable
                    Path reference,
            @Option(
                            names = "--threshold",
                            defaultValue = "1.0",
                            description =
                                    "Bits per character above the reference's own at which text is dropped (default: ${DEFAULT-VALUE}).")
                    double threshold,
            @Option(names = "--force", description = "Replace OUT.jsonl if it exists.") boolean force)
            throws IOException {
        TextOutput.checkFree(out, force);
        TextOutput.checkNotRead(out, in);
        TextOutput.checkNotRead(out, reference);
        List<String> good = reference == null ? Cleaner.builtInReference() : TextFile.documents(reference);
        Cleaner cleaner = Cleaner.of(steps, good, threshold);
        List<String> documents = cleaner.clean(TextFile.documents(in));
        TextOutput.write(out, force, writer -> {
            for (String document : documents) {
                line(writer, JSON.createObjectNode().put("text", document));
            }
        });
        spec.commandLine().getErr().println(cleaner.report());
        return 0;
    }

    @Command(
            name = "check",
            description = "Parses documents by the grammar; exits with 1 where one is not of it.",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}") DocumentKind kind,
            @Parameters(paramLabel = "FILE", description = "Text, or JSON lines with \"text\".") Path file) {
        PrintWriter output = spec.commandLine().getOut();
        int number = 0;
        int wrong = 0;
        for (String document : TextFile.documents(file)) {
            number++;
            Optional<String> problem = Grammar.problem(kind, document);
            if (problem.isPresent()) {
                wrong++;
                output.println("document " + number + ": " + problem.get());
            }
        }
        output.println(number - wrong + " of " + number + " documents are of the grammar");
        output.flush();
        return wrong == 0 ? 0 : 1;
    }
}
