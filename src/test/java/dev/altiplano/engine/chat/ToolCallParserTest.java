package dev.altiplano.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallParserTest {

    private static final Set<String> FUNCTIONS = Set.of("f", "g", "fn0", "fn1", "fn2");

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "JSON;{\"name\": \"f\", \"parameters\": {\"a\": 1}};f{\"a\": 1}",
                "JSON;`  {\"name\":\"f\",\"arguments\":{}}`;f{}",
                "JSON;<|python_tag|>{\"name\": \"f\", \"parameters\": {}};f{}",
                "JSON;[{\"name\":\"f\",\"arguments\":{}}, {\"name\":\"g\",\"arguments\":{\"x\":[]}}];f{}g{\"x\":[]}",
                "JSON;{\"type\":\"function\",\"function\":\"f\",\"parameters\":{\"a\":\"}\"}};f{\"a\":\"}\"}",
                "JSON;{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}};f{\"a\":1}",
                "JSON;{\"name\":\"f\"};f{}",
                "JSON;text {\"name\":\"f\"};(text {\"name\":\"f\"})",
                "JSON;{\"answer\": 42};({\"answer\": 42})",
                "JSON;[1, 2];([1, 2])",
                "JSON;{\"name\": \"f\", \"parameters\": {\"a\": 1};f{\"a\": 1}",
                "JSON;{\"name\": \"f\", \"parameters\": {\"a\": 1;f{\"a\": 1",
                "JSON;{\"name\": \"f\", \"parameters\": {\"a\": 1}, \"id\": \"}\", \"x\": [{}]};f{\"a\": 1}",
                "JSON;{\"id\": 1.5, \"name\": \"f\", \"arguments\": {\"a\": 1}} so;f{\"a\": 1}( so)",
                "JSON;{\"arguments\": {\"a\": 1}, \"name\": \"f\"};f{\"a\": 1}",
                "JSON;{\"name\": \"Ann\", \"parameters\": {\"a\": 1}};({\"name\": \"Ann\", \"parameters\": {\"a\": 1}})",
                "JSON;{\"name\": \"Ann\"};({\"name\": \"Ann\"})",
                "JSON;<|python_tag|>{\"name\": \"Ann\"};Ann{}",
                "JSON;[{\"name\":\"f\",\"arguments\":{}}, 5];f{}(, 5])",
                "JSON;[{\"name\":\"f\",\"arguments\":{}} {\"name\":\"g\",\"arguments\":{}};f{}g{}",
                "JSON;{\"name\": \"f\", \"parameters\": 5};({\"name\": \"f\", \"parameters\": 5})",
                "JSON;{\"name\": \"f\", \"parameters\": {oops}};f{oops}",
                "JSON;<|python_tag|>print(1);(<|python_tag|>print(1))",
                "HERMES;<tool_call>\\n{\"name\":\"f\",\"arguments\":{\"a\":[1]}}\\n</tool_call>;f{\"a\":[1]}",
                "HERMES;Let me see. <tool_call>{\"name\":\"f\"}</tool_call>;(Let me see. )f{}",
                "HERMES;<tool_call>{\"name\":\"f\"}</tool_call>\\n<tool_call>{\"name\":\"g\"}</tool_call>;f{}g{}",
                "HERMES;<tool_call>{\"name\":\"f\"}</tool_call> done;f{}( done)",
                "HERMES;<tool_call>{\"name\":\"f\"};f{}",
                "HERMES;<tool_call>{\"name\":}</tool_call>;(<tool_call>{\"name\":}</tool_call>)",
                "HERMES;<tool_call>oops <tool_call>{\"name\":\"f\"}</tool_call>;(<tool_call>oops )f{}",
                "HERMES;a < b <tool;(a < b <tool)",
                "HERMES;{\"name\":\"f\"};({\"name\":\"f\"})",
                "MISTRAL;[TOOL_CALLS] [{\"name\":\"f\",\"arguments\":{\"a\":1}},{\"name\":\"g\",\"arguments\":{}}];f{\"a\":1}g{}",
                "MISTRAL;[TOOL_CALLS]f{\"a\":1};f{\"a\":1}",
                "MISTRAL;[TOOL_CALLS]f[CALL_ID]abc123def[ARGS]{\"a\":1}[TOOL_CALLS]g[ARGS]{};f{\"a\":1}g{}",
                "MISTRAL;[{\"name\":\"f\",\"arguments\":{}}];f{}",
                "MISTRAL;` [TOOL_CALLS][{\"name\":\"f\"}]`;( )f{}",
                "MISTRAL;[TOOL_CALLS]oops;([TOOL_CALLS]oops)",
                "MISTRAL;[TOOL_CALLS][{\"name\":\"f\";([TOOL_CALLS][{\"name\":\"f\")",
                "MISTRAL;[TOOL_CALLS]f[1];([TOOL_CALLS]f[1])",
                "MISTRAL;a [list];(a [list])",
                "NONE;{\"name\":\"f\"}<tool_call>;({\"name\":\"f\"}<tool_call>)"
            })
    void readsWhatModelsWriteHoweverItIsCut(ToolCallFormat format, String text, String expected) {
        String written = text.replace("\\n", "\n");
        assertThat(written(parse(format, List.of(written)))).isEqualTo(expected.replace("\\n", "\n"));
        assertThat(written(parse(format, List.of(written.split(""))))).isEqualTo(expected.replace("\\n", "\n"));
    }

    @Test
    void takesCallsThatSemicolonsSeparate() {
        assertThat(written(parse(ToolCallFormat.JSON, List.of("{\"name\":\"f\"}; {\"name\":\"g\"}; so"))))
                .isEqualTo("f{}g{}(; so)");
    }

    /** 5,000 random calls of each format, cut at random places: name and arguments come out as they were written. */
    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void putsStreamedCallsTogetherAgain(ToolCallFormat format) {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            int calls = 1 + random.nextInt(3);
            if (format != ToolCallFormat.JSON && random.nextBoolean()) {
                text.append("some words");
                expected.append("(some words)");
            }
            String key = random.nextBoolean() ? "arguments" : "parameters";
            List<String> written = new ArrayList<>();
            for (int c = 0; c < calls; c++) {
                String arguments = RandomJson.object(random);
                expected.append("fn").append(c).append(arguments);
                written.add("{\"name\": \"fn" + c + "\", \"" + key + "\": " + arguments + "}");
            }
            text.append(
                    switch (format) {
                        case JSON -> calls == 1 ? written.getFirst() : "[" + String.join(", ", written) + "]";
                        case HERMES ->
                            "<tool_call>" + String.join("</tool_call>\n<tool_call>\n", written) + "\n</tool_call>";
                        default -> "[TOOL_CALLS] [" + String.join(",", written) + "]";
                    });
            List<ChatDelta> deltas = parse(format, cut(random, text.toString()));
            assertThat(written(deltas)).isEqualTo(expected.toString());
            assertThat(written(parse(format, List.of(text.toString())))).isEqualTo(expected.toString());
        }
    }

    @Test
    void losesNothingOfTextThatIsNoCall() {
        Random random = new Random(11);
        String[] parts = {
            "<tool_call>",
            "</tool_call>",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            "name",
            ":",
            " ",
            "[TOOL_CALLS]",
            "x",
            "[ARGS]",
            "<|python_tag|>"
        };
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder("x");
            for (int p = random.nextInt(20); p > 0; p--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            for (ToolCallFormat format : ToolCallFormat.values()) {
                List<ChatDelta> deltas = parse(format, cut(random, text.toString()));
                if (deltas.stream().allMatch(delta -> delta instanceof ChatDelta.Content)) {
                    assertThat(written(deltas)).isEqualTo("(" + text + ")");
                }
            }
        }
    }

    @Test
    void givesContentAtOnce() {
        ToolCallParser parser = new ToolCallParser(ToolCallFormat.HERMES, Set.of(), ids());
        assertThat(parser.accept("Hello ")).containsExactly(new ChatDelta.Content("Hello "));
        assertThat(parser.accept("a <to")).containsExactly(new ChatDelta.Content("a "));
        assertThat(parser.accept("y")).containsExactly(new ChatDelta.Content("<toy"));
        assertThat(parser.accept("<tool_call>{\"name\":\"f\",")).isEmpty();
        assertThat(parser.accept("\"arguments\":{\"a\""))
                .containsExactly(
                        new ChatDelta.CallBegin(0, "call00000", "f"), new ChatDelta.CallArguments(0, "{\"a\""));
        assertThat(parser.accept(":1}}</tool")).containsExactly(new ChatDelta.CallArguments(0, ":1}"));
        assertThat(parser.accept("_call>")).isEmpty();
        assertThat(parser.finish()).isEmpty();
        assertThat(parser.calls()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "f,g;{\"name\": \"f\", \"parameters\": {\"a\": \"b;f{\"a\": \"b",
                "f,g;{\"name\": \"f\", \"para;f",
                "f,g;{\"name\": \"f;``",
                "f;{\"na;f",
                "f;``;f",
                "f,g;{\"name\": \"g\", \"parameters\": {}};g{}"
            })
    void tellsOfACallThatWasCutWhereThereHadToBeOne(String functions, String text, String expected) {
        ToolCallParser parser = new ToolCallParser(ToolCallFormat.JSON, Set.of(functions.split(",")), ids());
        List<ChatDelta> deltas = new ArrayList<>(parser.accept(text));
        deltas.addAll(parser.finishCall());
        assertThat(written(deltas)).isEqualTo(expected);
    }

    @Test
    void findsTheFormatFromTemplateAndTokens() {
        assertThat(ToolCallFormat.of("{% if tools %}<tool_call>", List.of())).isEqualTo(ToolCallFormat.HERMES);
        assertThat(ToolCallFormat.of("tools [TOOL_CALLS]", List.of())).isEqualTo(ToolCallFormat.MISTRAL);
        assertThat(ToolCallFormat.of("{{ tools }}", List.of("[TOOL_CALLS]"))).isEqualTo(ToolCallFormat.MISTRAL);
        for (ChatTemplates tekken : List.of(ChatTemplates.MISTRAL_V11_TEKKEN, ChatTemplates.MISTRAL_V13_TEKKEN)) {
            assertThat(ToolCallFormat.of(tekken.source(), List.of())).isEqualTo(ToolCallFormat.MISTRAL);
        }
        assertThat(ToolCallFormat.of(ChatTemplates.LLAMA3.source(), List.of())).isEqualTo(ToolCallFormat.JSON);
        assertThat(ToolCallFormat.of(ChatTemplates.LLAMA2.source(), List.of())).isEqualTo(ToolCallFormat.NONE);
    }

    /** Tools that a template does not write out would never be shown to the model. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for call in message.tool_calls %}{{ call.function.name }}{% endfor %}",
                "{% if message.tool_calls %}<tool_call>{% endif %}",
                "{% if message.tool_calls %}[TOOL_CALLS]{% endif %}",
                "{% if has_tools %}{{ message.content }}{% endif %}"
            })
    void aTemplateThatOnlyRepeatsCallsTakesNoTools(String template) {
        assertThat(ToolCallFormat.of(template, List.of("[TOOL_CALLS]", "<tool_call>")))
                .isEqualTo(ToolCallFormat.NONE);
    }

    private static IntFunction<String> ids() {
        return call -> String.format("call%05d", call);
    }

    private static List<ChatDelta> parse(ToolCallFormat format, List<String> pieces) {
        ToolCallParser parser = new ToolCallParser(format, FUNCTIONS, ids());
        List<ChatDelta> deltas = new ArrayList<>();
        for (String piece : pieces) {
            deltas.addAll(parser.accept(piece));
        }
        deltas.addAll(parser.finish());
        return deltas;
    }

    /** Content in brackets, calls as name and arguments. */
    private static String written(List<ChatDelta> deltas) {
        StringBuilder text = new StringBuilder();
        StringBuilder content = new StringBuilder();
        for (ChatDelta delta : deltas) {
            if (delta instanceof ChatDelta.Content more) {
                content.append(more.text());
                continue;
            }
            flush(content, text);
            text.append(
                    switch (delta) {
                        case ChatDelta.CallBegin begin -> begin.name();
                        case ChatDelta.CallArguments arguments -> arguments.fragment();
                        case ChatDelta.Content more -> more.text();
                    });
        }
        flush(content, text);
        return text.toString();
    }

    private static void flush(StringBuilder content, StringBuilder text) {
        if (!content.isEmpty()) {
            text.append('(').append(content).append(')');
            content.setLength(0);
        }
    }

    private static List<String> cut(Random random, String text) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int end = Math.min(text.length(), from + 1 + random.nextInt(12));
            pieces.add(text.substring(from, end));
            from = end;
        }
        return pieces;
    }
}
