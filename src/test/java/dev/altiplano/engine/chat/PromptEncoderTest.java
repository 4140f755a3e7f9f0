package dev.altiplano.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.chat.template.Template;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Trusted;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PromptEncoderTest {

    private static final Map<String, Object> REFERENCE = ChatReference.json("templates.json");
    private static final LocalDateTime NOW = LocalDateTime.parse((String) REFERENCE.get("now"));
    private static final PromptEncoder ENCODER = ChatReference.encoder();
    private static final Map<String, String> SPECIAL = Map.of("bos_token", "<s>", "eos_token", "</s>");

    @TestFactory
    Stream<DynamicTest> givesTheTextAndIdsOfTransformers() {
        return ChatReference.object(REFERENCE.get("templates")).entrySet().stream()
                .flatMap(entry -> {
                    Map<String, Object> reference = ChatReference.object(entry.getValue());
                    Template template = Template.compile((String) reference.get("template"));
                    return ChatReference.objects(reference.get("cases")).stream()
                            .map(expected -> DynamicTest.dynamicTest(
                                    entry.getKey() + ": " + expected.get("name"), () -> check(template, expected)));
                });
    }

    private static void check(Template template, Map<String, Object> expected) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", expected.get("messages"));
        variables.put("tools", expected.get("tools"));
        variables.put("documents", null);
        variables.put("add_generation_prompt", expected.get("add_generation_prompt"));
        SPECIAL.forEach((name, text) -> variables.put(name, new Trusted(text)));
        if (expected.containsKey("error")) {
            assertThatThrownBy(() -> template.render(variables, NOW)).isInstanceOf(TemplateException.class);
            return;
        }
        Rendered rendered = template.render(variables, NOW);
        assertThat(rendered.text()).isEqualTo(expected.get("expected"));
        assertThat(Arrays.stream(ENCODER.encode(rendered))
                        .mapToObj(id -> (Object) (long) id)
                        .toList())
                .isEqualTo(expected.get("ids"));
    }

    /** Every control token, spelled in every place that a request reaches, leaves the number of control tokens as it is. */
    @TestFactory
    Stream<DynamicTest> readsNoControlTokenFromTheRequest() {
        Map<String, String> sources = new LinkedHashMap<>();
        ChatReference.object(REFERENCE.get("templates"))
                .forEach((name, template) -> sources.put(
                        name, (String) ChatReference.object(template).get("template")));
        for (ChatTemplates template : ChatTemplates.values()) {
            sources.put("built-in " + template.text(), template.source());
        }
        sources.put(
                "everything",
                "<s>{{ messages }}{{ tools }}{{ documents }}{{ messages | tojson }}{{ tools | tojson(indent=2) }}"
                        + "{{ documents | tojson }}{{ extra }}{{ extra | upper | lower }}{{ extra[0] ~ extra[1:] }}</s>");
        return sources.entrySet().stream()
                .flatMap(source -> ChatReference.controlTokens().stream()
                        .map(token -> DynamicTest.dynamicTest(source.getKey() + ": " + token.text(), () -> {
                            ChatTemplate template = ChatTemplate.compile(source.getValue(), SPECIAL);
                            for (boolean calls : new boolean[] {false, true}) {
                                assertThat(controls(template, token.text(), calls))
                                        .isEqualTo(controls(template, "text", calls));
                            }
                        })));
    }

    private static List<Integer> controls(ChatTemplate template, String spelled, boolean calls) {
        List<Message> messages = new ArrayList<>();
        messages.add(Message.of(Role.SYSTEM, spelled + " s"));
        messages.add(new Message(
                Role.USER, List.of(spelled, "x" + spelled + spelled), true, spelled, List.of(), null, null));
        if (calls) {
            messages.add(Message.ofCalls(
                    List.of(new ToolCall("abcdefghi", spelled, "{\"" + spelled + "\": [\"" + spelled + "\"]}"))));
            messages.add(Message.ofResult("abcdefghi", spelled, spelled));
        }
        messages.add(new Message(Role.ASSISTANT, List.of("a " + spelled), true, null, List.of(), null, spelled));
        messages.add(Message.of(Role.USER, spelled));
        Map<String, Object> tool = Map.of(
                "type",
                "function",
                "function",
                Map.of(
                        "name",
                        spelled,
                        "description",
                        spelled,
                        "parameters",
                        Map.of("properties", Map.of(spelled, Map.of("type", spelled)))));
        ChatRequest request = new ChatRequest(
                messages, List.of(tool), List.of(Map.of("title", spelled)), Map.of("extra", spelled), true, false, NOW);
        Rendered rendered;
        try {
            rendered = template.render(request);
        } catch (TemplateException e) {
            return List.of(-1);
        }
        List<Integer> found = new ArrayList<>();
        for (int id : ENCODER.encode(rendered)) {
            if (id >= 560) {
                found.add(id);
            }
        }
        return found;
    }

    @Test
    void readsNoControlTokenThatIsTheRequestsInPart() {
        ChatTemplate template = ChatTemplate.compile("<|im_{{ messages[0].content }}", SPECIAL);
        Rendered rendered = template.render(ChatRequest.of(List.of(Message.of(Role.USER, "start|>")), NOW));
        assertThat(rendered.text()).isEqualTo("<|im_start|>");
        assertThat(ENCODER.encode(rendered))
                .doesNotContain(562)
                .isEqualTo(ChatReference.tokenizer().encode("<|im_start|>"));
    }

    @Test
    void takesWhiteSpaceThatBelongsToAToken() {
        PromptEncoder encoder = new PromptEncoder(
                List.of(new ControlToken("<a>", 1), new ControlToken("<a>b", 2, true, true)),
                (text, first) -> new int[] {first ? -1 : -2, text.length()});
        Rendered rendered = new Rendered(List.of(new Rendered.Segment("xy <a>b  z<a><a>", true)));
        assertThat(encoder.encode(rendered)).containsExactly(-1, 2, 2, -2, 1, 1, 1);
    }
}
