package dev.altiplano.server.api;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.Receiver;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/** Sends each choice as it comes, in chunks. */
final class StreamedAnswer implements Receiver {

    private final CompletionJson json;
    private final HttpServletResponse response;
    private final EventStream events;
    private final Failures failures;
    private final List<String> echoes;
    private final boolean[] begun;
    private final int n;
    private final boolean includeUsage;

    /** @param echoes the prompts' texts, to begin their choices with; empty texts where they are not asked for */
    StreamedAnswer(
            CompletionJson json,
            HttpServletResponse response,
            EventStream events,
            Failures failures,
            List<String> echoes,
            int n,
            boolean includeUsage) {
        this.json = json;
        this.response = response;
        this.events = events;
        this.failures = failures;
        this.echoes = echoes;
        this.begun = new boolean[echoes.size() * n];
        this.n = n;
        this.includeUsage = includeUsage;
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> {
                for (int i = scored.prompt() * n; i < (scored.prompt() + 1) * n; i++) {
                    begin(i, scored.tokens());
                }
            }
            case StreamEvent.Text text -> {
                begin(text.choice(), List.of());
                chunk(new CompletionJson.Choice(text.choice(), text.text(), text.tokens(), null));
            }
            case StreamEvent.Finished finished -> {
                begin(finished.choice(), List.of());
                chunk(new CompletionJson.Choice(finished.choice(), "", List.of(), finished.reason()));
            }
            case StreamEvent.Ended ended -> {
                if (includeUsage) {
                    events.data(json.usageChunk(ended.usage()));
                }
                events.done();
            }
            case StreamEvent.Failed failed -> {
                ApiException error = failures.of(failed);
                if (events.started()) {
                    events.data(ErrorWriter.json(error));
                    events.done();
                } else {
                    ErrorWriter.write(response, error);
                }
            }
        }
    }

    @Override
    public void idle() throws IOException {
        events.flush();
    }

    /** Sends the prompt before the first of a choice. */
    private void begin(int choice, List<TokenScore> promptScores) throws IOException {
        if (begun[choice]) {
            return;
        }
        begun[choice] = true;
        String echo = echoes.get(choice / n);
        if (!echo.isEmpty() || !promptScores.isEmpty()) {
            chunk(new CompletionJson.Choice(choice, echo, promptScores, null));
        }
    }

    private void chunk(CompletionJson.Choice choice) throws IOException {
        events.data(json.chunk(choice, includeUsage));
    }
}
