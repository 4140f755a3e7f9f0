package dev.altiplano.server.api.completion;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import dev.altiplano.server.api.StreamOptions.UsageChunks;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.api.resume.StreamProgress;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends each choice as it comes, in chunks. What has come of a choice goes out when there is nothing else to do or more of it comes, so
 * that a finish reason travels with the text before it. Where the prompt is scored, nothing of a choice goes out before its scores.
 */
final class StreamResponseWriter implements ResponseWriter {

    private final CompletionJson json;
    private final HttpServletResponse response;
    private final StreamProgress progress;
    private final EventStream events;
    private final ErrorMapper errors;
    private final int n;
    private final UsageChunks usage;
    /** What has not been sent of each choice; null where nothing waits. */
    private final @Nullable ChoicePart[] unsent;
    /** Prompts whose scores are still to come. */
    private final boolean[] unscored;

    private int completionTokens;

    /**
     * @param echoes the prompts' texts, to begin their choices with; empty texts where they are not asked for
     * @param progress what was sent before, of a stream that goes on
     */
    StreamResponseWriter(
            CompletionJson json,
            CompletionOptions options,
            List<String> echoes,
            StreamProgress progress,
            EventStream events,
            HttpServletResponse response,
            ErrorMapper errors) {
        this.json = json;
        this.progress = progress;
        this.events = events;
        this.response = response;
        this.errors = errors;
        n = options.n();
        usage = options.usage();
        unsent = new ChoicePart[echoes.size() * n];
        unscored = new boolean[echoes.size()];
        for (int i = 0; i < unsent.length; i++) {
            unsent[i] = ChoicePart.first(i, echoes.get(i / n), List.of());
            unscored[i / n] = options.scoredPrompt() >= 0;
        }
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> scored(scored.prompt(), scored.tokens());
            case StreamEvent.Embedded embedded -> throw new IllegalStateException("a completion has no vector");
            case StreamEvent.Text text -> {
                ChoicePart before = unsent[text.choice()];
                if (before != null && before.isBegun() && !unscored[text.choice() / n]) {
                    send(before);
                }
                part(text.choice()).append(text.text(), text.tokens());
            }
            case StreamEvent.Finished finished -> {
                part(finished.choice()).finish(finished.reason());
                sendReady(finished.choice());
            }
            case StreamEvent.Ended ended -> {
                sendAll();
                if (usage != UsageChunks.NONE && progress.usage()) {
                    events.data(progress.eventId(), json.whole(List.of(), ended.usage()));
                }
                events.done();
            }
            case StreamEvent.Failed failed -> failed(errors.of(failed));
        }
    }

    @Override
    public void idle() throws IOException {
        sendAll();
        events.flush();
    }

    private void scored(int prompt, List<TokenScore> tokens) throws IOException {
        unscored[prompt] = false;
        for (int choice = prompt * n; choice < (prompt + 1) * n; choice++) {
            part(choice).scorePrompt(tokens);
            sendReady(choice);
        }
    }

    private void failed(ApiException error) throws IOException {
        if (events.started()) {
            sendAll();
            events.data(null, ErrorWriter.json(error));
            events.done();
        } else {
            ErrorWriter.write(response, error);
        }
    }

    private ChoicePart part(int choice) {
        ChoicePart part = unsent[choice];
        if (part == null) {
            part = new ChoicePart(choice);
            unsent[choice] = part;
        }
        return part;
    }

    private void sendAll() throws IOException {
        for (int choice = 0; choice < unsent.length; choice++) {
            sendReady(choice);
        }
    }

    /** Sends what has come of a choice, unless the scores of its prompt are to go before. */
    private void sendReady(int choice) throws IOException {
        ChoicePart part = unsent[choice];
        if (part != null && !part.isEmpty() && !unscored[choice / n]) {
            send(part);
        }
    }

    private void send(ChoicePart part) throws IOException {
        unsent[part.index()] = null;
        completionTokens += part.scores().size();
        ChoicePart fresh = part.unsent(progress.choice(part.index()));
        if (!fresh.isEmpty()) {
            Usage soFar = new Usage(json.promptTokens(), 0, completionTokens);
            events.data(progress.eventId(), json.chunk(fresh, usage, soFar));
        }
    }
}
