package dev.altiplano.tool.probe;

import dev.altiplano.tool.console.TokenFile;
import dev.altiplano.tool.console.ToolException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a running service whether it is ready, or for a real answer. */
@Command(
        name = "probe",
        description = "Asks a running service whether it is ready, or for a real answer.",
        mixinStandardHelpOptions = true)
public final class ProbeCommand implements Callable<Integer> {

    private static final int MAX_TIMEOUT_SECONDS = 86_400;
    private static final String CHAT_QUESTION =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}],\"max_tokens\":8,\"temperature\":0}";
    private static final String QUESTION = "{\"prompt\":\"Once upon a time\",\"max_tokens\":8,\"temperature\":0}";

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "Where it listens (${DEFAULT-VALUE}).",
            defaultValue = "http://127.0.0.1:8080")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(names = "--completion", description = "Ask for a completion and show it.")
    private boolean completion;

    @Option(names = "--chat", description = "Ask for an answer in a chat and show it.")
    private boolean chat;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Longest silence (${DEFAULT-VALUE}).")
    private int timeoutSeconds = 120;

    @Option(
            names = "--bearer-token-file",
            paramLabel = "FILE",
            description = "Send the API key in FILE with --completion or --chat.")
    private @Nullable Path keyFile;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Probe.Answer answer;
        String key = key();
        try {
            answer = answer(key);
        } catch (SSLException e) {
            throw new ToolException(url + ": " + e.getMessage()
                    + (key == null ? "" : "; the API key goes only where the certificate can be verified"));
        } catch (IOException e) {
            throw new ToolException(url + ": " + e.getMessage());
        }
        boolean good = answer.status() == 200 && answer.text().contains(wanted());
        if (!good) {
            throw new ToolException(url + " answers " + answer.status() + ": " + answer.text());
        }
        spec.commandLine().getOut().println(answer.text());
        return 0;
    }

    private Probe.Answer answer(@Nullable String key) throws IOException {
        if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
            throw new ToolException("--timeout = " + timeoutSeconds + ": must be 1 to " + MAX_TIMEOUT_SECONDS);
        }
        int timeoutMs = timeoutSeconds * 1000;
        if (chat) {
            return Probe.post(url, "/v1/chat/completions", CHAT_QUESTION, key, timeoutMs);
        }
        return completion ? Probe.post(url, "/v1/completions", QUESTION, key, timeoutMs) : Probe.readiness(url);
    }

    private String wanted() {
        if (chat) {
            return "\"chat.completion\"";
        }
        return completion ? "\"text_completion\"" : "";
    }

    private @Nullable String key() throws IOException {
        return keyFile == null ? null : TokenFile.read(keyFile);
    }
}
