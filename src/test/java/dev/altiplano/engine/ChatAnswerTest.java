package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The text of an answer, which its template puts behind a space when it comes back. */
class ChatAnswerTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 1, 0, 0);

    @Test
    void beginsWithItsFirstWordAndIsFoundAgain() {
        EngineOptions options = EngineOptions.of(Path.of("src/main/resources/model/demo-instruct"), "test");
        try (Engine engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE)) {
            List<Message> messages = new ArrayList<>(List.of(Message.of(Role.USER, "Tell me a story about a dog.")));
            Generation begun = submit(engine, ChatRequest.of(messages, NOW));
            Completed first = Completed.of(begun);
            String answer = first.texts().get(0);
            assertThat(answer).isEqualTo(answer.strip()).hasSizeGreaterThan(20);
            String begin = answer.substring(0, answer.indexOf(' ', 5));

            messages.add(Message.of(Role.ASSISTANT, begin));
            ChatRequest goesOn = new ChatRequest(messages, List.of(), List.of(), Map.of(), false, true, NOW);
            assertThat(begin + Completed.of(submit(engine, goesOn)).texts().get(0))
                    .startsWith(answer);

            messages.set(1, Message.of(Role.ASSISTANT, answer));
            messages.add(Message.of(Role.USER, "Another one."));
            int[] second =
                    submit(engine, ChatRequest.of(messages, NOW)).promptIds().getFirst();
            int[] asked = begun.promptIds().getFirst();
            assertThat(second).startsWith(asked);
            assertThat(Arrays.copyOfRange(second, asked.length, second.length)).startsWith(first.ids(0));
        }
    }

    private static Generation submit(Engine engine, ChatRequest conversation) {
        return engine.submit(
                GenerationRequest.of("test", new Prompt.Chat(conversation), 60).with(new Logprobs(0, -1)));
    }
}
