package dev.altiplano.fuzz;

import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;

/** A chat template, with messages and tools. */
public final class TemplateTarget {

    private static final ChatRequest CHAT = new ChatRequest(
            List.of(
                    Message.of(Role.SYSTEM, "Be brief."),
                    Message.of(Role.USER, "Wer bist du? <s> \u20ac"),
                    Message.of(Role.ASSISTANT, " A model. "),
                    Message.of(Role.USER, "[1, 2]")),
            List.of(Map.of("type", "function", "function", Map.of("name", "add", "parameters", Map.of("a", 1L)))),
            List.of(),
            Map.of("flag", true, "number", 2.5, "words", List.of("one", "two")),
            true,
            false,
            LocalDateTime.of(2025, 3, 9, 12, 34));

    private TemplateTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String source = new String(data, StandardCharsets.UTF_8);
        try {
            Rendered ignored = ChatTemplate.compile(source, Map.of("bos_token", "<s>", "eos_token", "</s>"))
                    .render(CHAT);
        } catch (TemplateException e) {
            Refusal.check(e);
        }
    }
}
