package dev.altiplano.server.api.chat;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.chat.ChatDelta;
import dev.altiplano.engine.chat.ToolCall;
import dev.altiplano.server.api.StreamOptions.UsageChunks;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.api.resume.AnswerOrigin;
import dev.altiplano.server.api.resume.ChoiceProgress;
import dev.altiplano.server.api.resume.StreamProgress;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Sends each choice as it comes, in chunks: first its role, then content and calls, last its finish reason. Scores of tokens whose text
 * is held back wait for the next chunk. The newest content goes out when there is nothing else to do or more comes, so that the finish
 * reason travels with it: who measures streams takes each chunk for a token.
 */
final class StreamChatWriter implements ResponseWriter {

    private final ChatJson json;
    private final ChatOptions options;
    private final StreamProgress progress;
    private final EventStream events;
    private final HttpServletResponse response;
    private final ErrorMapper errors;
    private final List<Answer> answers = new ArrayList<>();
    private final boolean[] begun;
    /** What has come last of each choice and has not been sent; null where nothing waits. */
    private final ChatDelta.@Nullable Content[] held;

    private int completionTokens;

    /** @param origin what the answer begins from, and what of it was sent before */
    StreamChatWriter(
            ChatJson json,
            ChatOptions options,
            AnswerOrigin origin,
            EventStream events,
            HttpServletResponse response,
            ErrorMapper errors) {
        this.json = json;
        this.options = options;
        this.events = events;
        progress = origin.progress(options.n());
        this.response = response;
        this.errors = errors;
        for (int i = 0; i < options.n(); i++) {
            answers.add(new Answer(i, options.tools(), origin));
        }
        begun = new boolean[options.n()];
        held = new ChatDelta.Content[options.n()];
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.PromptScored scored -> {}
            case StreamEvent.Embedded embedded -> throw new IllegalStateException("a chat has no vector");
            case StreamEvent.Text text -> {
                Answer answer = answers.get(text.choice());
                // The scores that come with this text are not of what was held.
                release(answer);
                send(answer, answer.accept(text.text(), text.tokens()));
            }
            case StreamEvent.Finished finished -> {
                Answer answer = answers.get(finished.choice());
                send(answer, answer.finish());
                finish(answer, answer.finishReason(finished.reason()));
            }
            case StreamEvent.Ended ended -> {
                if (options.usage() != UsageChunks.NONE && progress.usage()) {
                    events.data(progress.eventId(), json.last(ended.usage()));
                }
                events.done();
            }
            case StreamEvent.Failed failed -> failed(errors.of(failed));
        }
    }

    @Override
    public void idle() throws IOException {
        releaseAll();
        events.flush();
    }

    private void failed(ApiException error) throws IOException {
        if (events.started()) {
            releaseAll();
            events.data(null, ErrorWriter.json(error));
            events.done();
        } else {
            ErrorWriter.write(response, error);
        }
    }

    private void send(Answer answer, List<ChatDelta> deltas) throws IOException {
        for (ChatDelta delta : deltas) {
            release(answer);
            if (delta instanceof ChatDelta.Content content) {
                held[answer.index()] = content;
            } else {
                sendNow(answer, delta);
            }
        }
    }

    private void releaseAll() throws IOException {
        for (Answer answer : answers) {
            release(answer);
        }
    }

    private void release(Answer answer) throws IOException {
        ChatDelta.Content content = held[answer.index()];
        if (content != null) {
            held[answer.index()] = null;
            sendNow(answer, content);
        }
    }

    private void sendNow(Answer answer, ChatDelta delta) throws IOException {
        begin(answer);
        ChatDelta fresh = unsent(delta, progress.choice(answer.index()));
        if (fresh != null) {
            chunk(answer, out -> write(out, fresh), unsentScores(answer), null);
        }
    }

    private void finish(Answer answer, String reason) throws IOException {
        begin(answer);
        ChatDelta.Content content = held[answer.index()];
        held[answer.index()] = null;
        ChoiceProgress sent = progress.choice(answer.index());
        ChatDelta fresh = content == null ? null : unsent(content, sent);
        List<TokenScore> scores = unsentScores(answer);
        if (sent.finish()) {
            Consumer<JsonGenerator> delta = fresh == null ? out -> {} : out -> write(out, fresh);
            chunk(answer, delta, scores, reason);
        }
    }

    private void begin(Answer answer) throws IOException {
        if (!begun[answer.index()]) {
            begun[answer.index()] = true;
            if (progress.choice(answer.index()).begin()) {
                chunk(answer, StreamChatWriter::writeRole, List.of(), null);
            }
        }
    }

    private void chunk(
            Answer answer, Consumer<JsonGenerator> delta, List<TokenScore> scores, @Nullable String finishReason)
            throws IOException {
        events.data(progress.eventId(), json.chunk(answer.index(), delta, scores, finishReason, completionTokens));
    }

    /** The scores since they were last sent, now and before the connection broke. */
    private List<TokenScore> unsentScores(Answer answer) {
        List<TokenScore> scores = answer.takeScores();
        completionTokens += scores.size();
        return progress.choice(answer.index()).scores(scores);
    }

    /** What of {@code delta} has not been sent, or null. */
    private static @Nullable ChatDelta unsent(ChatDelta delta, ChoiceProgress progress) {
        return switch (delta) {
            case ChatDelta.Content(String text) -> {
                String fresh = progress.text(text);
                yield fresh.isEmpty() ? null : new ChatDelta.Content(fresh);
            }
            case ChatDelta.CallBegin begin -> progress.piece(begin.toString()) ? begin : null;
            case ChatDelta.CallArguments(int index, String fragment) -> {
                String fresh = progress.text(fragment);
                yield fresh.isEmpty() ? null : new ChatDelta.CallArguments(index, fresh);
            }
        };
    }

    private static void writeRole(JsonGenerator out) {
        out.writeStringProperty("role", "assistant");
        out.writeStringProperty("content", "");
    }

    private static void write(JsonGenerator out, ChatDelta delta) {
        switch (delta) {
            case ChatDelta.Content(String text) -> out.writeStringProperty("content", text);
            case ChatDelta.CallBegin(int index, String id, String name) -> {
                beginCall(out, index);
                ChatJson.call(out, new ToolCall(id, name, ""));
                endCall(out);
            }
            case ChatDelta.CallArguments(int index, String fragment) -> {
                beginCall(out, index);
                out.writeObjectPropertyStart("function");
                out.writeStringProperty("arguments", fragment);
                out.writeEndObject();
                endCall(out);
            }
        }
    }

    private static void beginCall(JsonGenerator out, int index) {
        out.writeArrayPropertyStart("tool_calls");
        out.writeStartObject();
        out.writeNumberProperty("index", index);
    }

    private static void endCall(JsonGenerator out) {
        out.writeEndObject();
        out.writeEndArray();
    }
}
