package dev.altiplano.engine.chat;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How a model writes tool calls into its text. */
public enum ToolCallFormat {
    /** Not at all: all text is content. */
    NONE("", "", List.of()),
    /** Llama 3.1 and later, and models without marks: an object or a list of them at the beginning, or behind {@code <|python_tag|>}. */
    JSON("<|python_tag|>", "", List.of()),
    /** Hermes, Qwen: {@code <tool_call>{…}</tool_call>}. */
    HERMES("<tool_call>", "</tool_call>", List.of()),
    /** Mistral: {@code [TOOL_CALLS][{…}]}, newer {@code [TOOL_CALLS]name{…}} with {@code [CALL_ID]} and {@code [ARGS]} between. */
    MISTRAL("[TOOL_CALLS]", "", List.of("[CALL_ID]", "[ARGS]"));

    /** The variable by which a template is given tools; {@code tool_calls} alone repeats past calls. */
    private static final Pattern TOOLS = Pattern.compile("\\btools\\b");

    private final String begin;
    private final String end;
    private final List<String> inner;

    ToolCallFormat(String begin, String end, List<String> inner) {
        this.begin = begin;
        this.end = end;
        this.inner = inner;
    }

    /** All marks: spelled out by some models, control tokens of others. */
    public List<String> marks() {
        return Stream.concat(Stream.of(begin, end), inner.stream())
                .filter(mark -> !mark.isEmpty())
                .toList();
    }

    /** What stands before a call; empty for {@link #NONE} alone. */
    public String begin() {
        return begin;
    }

    /** What stands behind a call; empty where nothing does. */
    public String end() {
        return end;
    }

    /** Whether a call may begin the text without a mark. */
    public boolean isBare() {
        return this == JSON || this == MISTRAL;
    }

    /** The format of a model, by what its template and control tokens show; {@link #NONE} for a template that is not given tools. */
    public static ToolCallFormat of(String template, Collection<String> controlTokens) {
        if (!TOOLS.matcher(template).find()) {
            return NONE;
        }
        for (ToolCallFormat format : new ToolCallFormat[] {MISTRAL, HERMES}) {
            if (template.contains(format.begin)) {
                return format;
            }
        }
        for (ToolCallFormat format : new ToolCallFormat[] {MISTRAL, HERMES}) {
            if (controlTokens.contains(format.begin)) {
                return format;
            }
        }
        return JSON;
    }
}
