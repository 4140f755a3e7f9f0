package dev.altiplano.server.api.chat;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.JsonResponse;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.api.resume.AnswerOrigin;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects all choices and responds in one piece. */
final class WholeChatWriter implements ResponseWriter {

    private final ChatJson json;
    private final HttpServletResponse response;
    private final ErrorMapper errors;
    private final List<Answer> answers = new ArrayList<>();
    private final List<CompleteMessage> messages = new ArrayList<>();

    WholeChatWriter(
            ChatJson json, ChatOptions options, AnswerOrigin origin, HttpServletResponse response, ErrorMapper errors) {
        this.json = json;
        this.response = response;
        this.errors = errors;
        for (int i = 0; i < options.n(); i++) {
            answers.add(new Answer(i, options.tools(), origin));
            messages.add(new CompleteMessage());
        }
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> {}
            case StreamEvent.Embedded embedded -> throw new IllegalStateException("a chat has no vector");
            case StreamEvent.Text text ->
                messages.get(text.choice()).append(answers.get(text.choice()).accept(text.text(), text.tokens()));
            case StreamEvent.Finished finished -> {
                Answer answer = answers.get(finished.choice());
                CompleteMessage message = messages.get(finished.choice());
                message.append(answer.finish());
                message.finish(answer.takeScores(), answer.finishReason(finished.reason()));
            }
            case StreamEvent.Ended ended -> JsonResponse.write(response, json.whole(messages, ended.usage()));
            case StreamEvent.Failed failed -> ErrorWriter.write(response, errors.of(failed));
        }
    }
}
