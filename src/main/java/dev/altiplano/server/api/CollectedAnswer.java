package dev.altiplano.server.api;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.server.stream.Receiver;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects all choices and answers in one piece. */
final class CollectedAnswer implements Receiver {

    private final CompletionJson json;
    private final HttpServletResponse response;
    private final Failures failures;
    private final int n;
    private final List<PartialChoice> choices = new ArrayList<>();

    /** @param echoes the prompts' texts, to begin their choices with; empty texts where they are not asked for */
    CollectedAnswer(CompletionJson json, HttpServletResponse response, Failures failures, List<String> echoes, int n) {
        this.json = json;
        this.response = response;
        this.failures = failures;
        this.n = n;
        for (int i = 0; i < echoes.size() * n; i++) {
            choices.add(new PartialChoice(echoes.get(i / n)));
        }
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> {
                for (int i = scored.prompt() * n; i < (scored.prompt() + 1) * n; i++) {
                    choices.get(i).scores.addAll(scored.tokens());
                }
            }
            case StreamEvent.Text text -> {
                choices.get(text.choice()).text.append(text.text());
                choices.get(text.choice()).scores.addAll(text.tokens());
            }
            case StreamEvent.Finished finished -> choices.get(finished.choice()).finish = finished.reason();
            case StreamEvent.Ended ended -> {
                List<CompletionJson.Choice> complete = new ArrayList<>();
                for (PartialChoice choice : choices) {
                    complete.add(new CompletionJson.Choice(
                            complete.size(), choice.text.toString(), choice.scores, choice.finish));
                }
                JsonAnswer.write(response, json.answer(complete, ended.usage()));
            }
            case StreamEvent.Failed failed -> ErrorWriter.write(response, failures.of(failed));
        }
    }

    private static final class PartialChoice {
        final StringBuilder text;
        final List<TokenScore> scores = new ArrayList<>();

        @Nullable
        FinishReason finish;

        PartialChoice(String echo) {
            text = new StringBuilder(echo);
        }
    }
}
