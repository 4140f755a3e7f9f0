package dev.altiplano.server.api.completion;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.JsonResponse;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects all choices and responds in one piece. */
final class WholeResponseWriter implements ResponseWriter {

    private final CompletionJson json;
    private final int n;
    private final HttpServletResponse response;
    private final ErrorMapper errors;
    private final List<ChoicePart> choices = new ArrayList<>();

    /** @param echoes the prompts' texts, to begin their choices with; empty texts where they are not asked for */
    WholeResponseWriter(
            CompletionJson json,
            CompletionOptions options,
            List<String> echoes,
            HttpServletResponse response,
            ErrorMapper errors) {
        this.json = json;
        this.n = options.n();
        this.response = response;
        this.errors = errors;
        for (int i = 0; i < echoes.size() * n; i++) {
            choices.add(ChoicePart.first(i, echoes.get(i / n), List.of()));
        }
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> {
                for (ChoicePart choice : choices.subList(scored.prompt() * n, (scored.prompt() + 1) * n)) {
                    choice.scorePrompt(scored.tokens());
                }
            }
            case StreamEvent.Embedded embedded -> throw new IllegalStateException("a completion has no vector");
            case StreamEvent.Text text -> choices.get(text.choice()).append(text.text(), text.tokens());
            case StreamEvent.Finished finished -> choices.get(finished.choice()).finish(finished.reason());
            case StreamEvent.Ended ended -> JsonResponse.write(response, json.whole(choices, ended.usage()));
            case StreamEvent.Failed failed -> ErrorWriter.write(response, errors.of(failed));
        }
    }
}
