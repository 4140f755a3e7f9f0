package dev.altiplano.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 9, 12, 34);
    private static final Map<String, String> SPECIAL = Map.of("bos_token", "<s>", "eos_token", "</s>");
    private static final List<Message> TALK = List.of(
            Message.of(Role.SYSTEM, "Be brief."),
            Message.of(Role.USER, "Hi"),
            Message.of(Role.ASSISTANT, "Hello"),
            Message.of(Role.USER, "Bye"));

    @Test
    void builtInTemplatesWriteTheirFormats() {
        assertThat(render(ChatTemplates.LLAMA2, TALK))
                .isEqualTo("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]");
        assertThat(render(ChatTemplates.LLAMA3, TALK))
                .isEqualTo("<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n");
        assertThat(render(ChatTemplates.MISTRAL, TALK))
                .isEqualTo("<s>[INST] Hi[/INST] Hello</s>[INST] Be brief.\n\nBye[/INST]");
        assertThat(render(ChatTemplates.MISTRAL_V3_TEKKEN, TALK))
                .isEqualTo("<s>[INST]Hi[/INST]Hello</s>[INST]Be brief.\n\nBye[/INST]");
        assertThat(render(ChatTemplates.MISTRAL_V7_TEKKEN, TALK))
                .isEqualTo("<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hi[/INST]Hello</s>[INST]Bye[/INST]");
        assertThat(render(ChatTemplates.CHATML, TALK))
                .isEqualTo(
                        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                                + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");
        assertThat(render(ChatTemplates.ALPACA, TALK))
                .isEqualTo(
                        "<s>Be brief.\n\n### Instruction:\nHi\n\n### Response:\nHello</s>\n\n### Instruction:\nBye\n\n"
                                + "### Response:\n");
    }

    @Test
    void builtInTemplatesOfferToolsAndTellOfCalls() {
        List<Message> messages = List.of(
                Message.of(Role.USER, "Add"),
                Message.ofCalls(List.of(new ToolCall("abcdefghi", "add", "{\"a\": 1}"))),
                Message.ofResult("abcdefghi", "add", "3"));
        ChatRequest request =
                new ChatRequest(messages, List.of(Map.of("name", "add")), List.of(), Map.of(), true, false, NOW);
        assertThat(ChatTemplates.LLAMA3.compile(SPECIAL).render(request).text())
                .contains("{\n    \"name\": \"add\"\n}")
                .contains("{\"name\": \"add\", \"parameters\": {\"a\": 1}}<|eot_id|>")
                .contains("<|start_header_id|>ipython<|end_header_id|>\n\n3<|eot_id|>");
        assertThat(ChatTemplates.MISTRAL.compile(SPECIAL).render(request).text())
                .isEqualTo("<s>[AVAILABLE_TOOLS] [{\"name\": \"add\"}][/AVAILABLE_TOOLS][INST] Add[/INST]"
                        + "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}]</s>"
                        + "[TOOL_RESULTS] {\"content\": \"3\", \"call_id\": \"abcdefghi\"}[/TOOL_RESULTS]");
        assertThat(ChatTemplates.MISTRAL_V7_TEKKEN
                        .compile(SPECIAL)
                        .render(request)
                        .text())
                .isEqualTo("<s>[AVAILABLE_TOOLS][{\"name\": \"add\"}][/AVAILABLE_TOOLS][INST]Add[/INST]"
                        + "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}]</s>"
                        + "[TOOL_RESULTS]abcdefghi[TOOL_CONTENT]3[/TOOL_RESULTS]");
        assertThat(ChatTemplates.CHATML.compile(SPECIAL).render(request).text())
                .contains("{\"name\": \"add\"}\n")
                .contains("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>")
                .contains("<tool_response>\n3\n</tool_response>");
    }

    @Test
    void templatesOfTekkenTellOfCallsAsTheirVersionDoes() {
        ToolCall call = new ToolCall("abcdefghi", "add", "{\"a\": 1}");
        List<Message> messages = List.of(
                Message.of(Role.USER, "Add"),
                new Message(Role.ASSISTANT, List.of("Well."), true, null, List.of(call, call), null, null),
                Message.ofResult("abcdefghi", "add", "3"),
                Message.of(Role.ASSISTANT, "3"),
                Message.of(Role.USER, "Bye"));
        String tools = "[AVAILABLE_TOOLS][{\"name\": \"add\"}][/AVAILABLE_TOOLS]";
        String listed = "{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}";
        String named = "[TOOL_CALLS]add[CALL_ID]abcdefghi[ARGS]{\"a\": 1}";
        assertThat(renderWithTools(ChatTemplates.MISTRAL_V7_TEKKEN, messages))
                .isEqualTo("<s>[INST]Add[/INST]Well.[TOOL_CALLS][" + listed + ", " + listed + "]</s>"
                        + "[TOOL_RESULTS]abcdefghi[TOOL_CONTENT]3[/TOOL_RESULTS]3</s>" + tools + "[INST]Bye[/INST]");
        assertThat(renderWithTools(ChatTemplates.MISTRAL_V11_TEKKEN, messages))
                .isEqualTo("<s>[INST]Add[/INST]Well." + named + named + "</s>"
                        + "[TOOL_RESULTS]abcdefghi[TOOL_CONTENT]3[/TOOL_RESULTS]3</s>" + tools + "[INST]Bye[/INST]");
        named = named.replace("[CALL_ID]abcdefghi", "");
        assertThat(renderWithTools(ChatTemplates.MISTRAL_V13_TEKKEN, messages))
                .isEqualTo("<s>" + tools + "[INST]Add[/INST]Well." + named + named + "</s>"
                        + "[TOOL_RESULTS]3[/TOOL_RESULTS]3</s>[INST]Bye[/INST]");
    }

    @Test
    void fitsABuiltInTemplateToControlTokens() {
        assertThat(ChatTemplates.fitting(List.of("<|start_header_id|>", "<|eot_id|>"), true, 0))
                .contains(ChatTemplates.LLAMA3);
        assertThat(ChatTemplates.fitting(List.of("<|im_start|>", "<|im_end|>"), true, 0))
                .contains(ChatTemplates.CHATML);
        assertThat(ChatTemplates.fitting(List.of("[INST]", "[/INST]"), false, 0))
                .contains(ChatTemplates.MISTRAL);
        assertThat(ChatTemplates.fitting(List.of("[INST]", "[/INST]"), true, 0))
                .contains(ChatTemplates.MISTRAL_V3_TEKKEN);
        assertThat(ChatTemplates.fitting(List.of("[INST]", "[/INST]", "[SYSTEM_PROMPT]"), true, 0))
                .contains(ChatTemplates.MISTRAL_V7_TEKKEN);
        List<String> tekken = List.of("[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[ARGS]");
        assertThat(ChatTemplates.fitting(tekken, true, 3)).contains(ChatTemplates.MISTRAL_V3_TEKKEN);
        assertThat(ChatTemplates.fitting(tekken, true, 7)).contains(ChatTemplates.MISTRAL_V7_TEKKEN);
        assertThat(ChatTemplates.fitting(tekken, true, 11)).contains(ChatTemplates.MISTRAL_V11_TEKKEN);
        assertThat(ChatTemplates.fitting(tekken, true, 13)).contains(ChatTemplates.MISTRAL_V13_TEKKEN);
        assertThat(ChatTemplates.fitting(List.of("<s>", "</s>", "<unk>"), false, 0))
                .isEmpty();
        assertThat(ChatTemplates.named("alpaca")).isEqualTo(ChatTemplates.ALPACA);
        assertThatThrownBy(() -> ChatTemplates.named("nope")).hasMessageContaining("llama2, llama3");
    }

    @Test
    void takesADeveloperForTheSystemWhereTheTemplateDoesNotKnowOne() {
        List<Message> messages = List.of(Message.of(Role.DEVELOPER, "D"), Message.of(Role.USER, "u"));
        assertThat(text("{% for m in messages %}{{ m.role }} {% endfor %}", messages))
                .isEqualTo("system user ");
        assertThat(text("{% for m in messages %}{{ 'D' if m.role == 'developer' else m.role }} {% endfor %}", messages))
                .isEqualTo("D user ");
        assertThat(text(
                        "{% for m in messages %}{% if m.role == 'developer' %}{{ raise_exception('no developer') }}{% endif %}"
                                + "{{ m.role }} {% endfor %}",
                        messages))
                .isEqualTo("system user ");
    }

    @Test
    void givesPartsOfContentToTemplatesThatWalkThem() {
        List<Message> messages = List.of(new Message(Role.USER, List.of("a", "b"), true, null, List.of(), null, null));
        assertThat(text("{% for m in messages %}{{ m.content }}{% endfor %}", messages))
                .isEqualTo("a\nb");
        assertThat(text(
                        "{% for m in messages %}{% for p in m.content %}{{ p.type }}:{{ p.text }};{% endfor %}{% endfor %}",
                        messages))
                .isEqualTo("text:a;text:b;");
    }

    @Test
    void endsInsideTheMessageToContinue() {
        String source = "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}";
        assertThat(continued(source, "so it ")).isEqualTo("[u][so it");
        assertThat(continued(source.replace(" | trim", ""), "so it ")).isEqualTo("[u][so it ");
        assertThat(continued(source.replace(" | trim", ""), "\n so it\n")).isEqualTo("[u][\n so it\n");
        assertThatThrownBy(() -> continued("nothing", "so")).hasMessageContaining("continue_final_message");
    }

    /** A short message may stand in the template's own text too. */
    @Test
    void endsInsideTheMessageAndNotInAMarkBehindIt() {
        String source = "{% for m in messages %}<|start|>{{ m.content }}<|end|>\n{% endfor %}";
        for (String content : List.of("<", "|", "end", "d|>", "<|end|>", "n", "e\n", ">\n")) {
            assertThat(continued(source, content)).isEqualTo("<|start|>u<|end|>\n<|start|>" + content);
        }
        assertThat(continued(source.replace("m.content", "m.content | trim"), "end\n"))
                .isEqualTo("<|start|>u<|end|>\n<|start|>end");
        String shouted = "{% for m in messages %}{{ '[LAST]' if m.content == 'x' else m.content }}{% endfor %}";
        assertThatThrownBy(() -> continued(shouted, "x")).hasMessageContaining("continue_final_message");
        assertThat(continued("{{ messages[0].content }}:yes!", "yes")).isEqualTo("u:yes");
    }

    private static String continued(String source, String content) {
        List<Message> messages = List.of(Message.of(Role.USER, "u"), Message.of(Role.ASSISTANT, content));
        return ChatTemplate.compile(source, SPECIAL)
                .render(new ChatRequest(messages, List.of(), List.of(), Map.of(), false, true, NOW))
                .text();
    }

    private static String text(String source, List<Message> messages) {
        return ChatTemplate.compile(source, SPECIAL)
                .render(ChatRequest.of(messages, NOW))
                .text();
    }

    private static String renderWithTools(ChatTemplates template, List<Message> messages) {
        ChatRequest request =
                new ChatRequest(messages, List.of(Map.of("name", "add")), List.of(), Map.of(), true, false, NOW);
        return template.compile(SPECIAL).render(request).text();
    }

    private static String render(ChatTemplates template, List<Message> messages) {
        return template.compile(SPECIAL).render(ChatRequest.of(messages, NOW)).text();
    }
}
