package dev.altiplano.engine.chat;

import dev.altiplano.engine.chat.template.Template;
import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Trusted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a model: turns messages into the text of a prompt. Immutable; serves any thread.
 *
 * <p>Trusted are the template's own text, the special tokens and the names of roles; all else comes from the request.
 */
public final class ChatTemplate {

    private static final Pattern WALKS_CONTENT =
            Pattern.compile("for\\s+\\w+\\s+in\\s+\\w+(\\.content|\\[['\"]content['\"]\\])");
    private static final Pattern ASKS_FOR_STRING =
            Pattern.compile("content['\"\\])]*\\s+is\\s+(not\\s+)?(string|mapping|iterable|sequence)");

    private static final int NOWHERE = -1;

    private final Template template;
    private final Map<String, Trusted> specialTokens;
    private final boolean takesDeveloper;
    private final boolean takesParts;
    private final @Nullable ChatTemplate toolUse;

    private ChatTemplate(Template template, Map<String, Trusted> specialTokens, @Nullable ChatTemplate toolUse) {
        this.template = template;
        this.specialTokens = specialTokens;
        this.toolUse = toolUse;
        this.takesDeveloper = template.source().contains("developer");
        this.takesParts = WALKS_CONTENT.matcher(template.source()).find()
                && !ASKS_FOR_STRING.matcher(template.source()).find();
    }

    /**
     * Compiles a template. Throws {@link TemplateException} with the place of what is wrong.
     *
     * @param specialTokens texts by variable: {@code bos_token}, {@code eos_token}, …
     */
    public static ChatTemplate compile(String source, Map<String, String> specialTokens) {
        Map<String, Trusted> trusted = new LinkedHashMap<>();
        specialTokens.forEach((name, text) -> trusted.put(name, new Trusted(text)));
        return new ChatTemplate(Template.compile(source), trusted, null);
    }

    /** The same, where {@code other} writes the conversations that offer tools. */
    public ChatTemplate withToolUse(ChatTemplate other) {
        return new ChatTemplate(template, specialTokens, other);
    }

    /** The template of conversations that offer tools. */
    public ChatTemplate toolUse() {
        return toolUse == null ? this : toolUse;
    }

    /** The text of the template. */
    public String source() {
        return template.source();
    }

    /** What it writes conversations by: its text, and those of the special tokens that it names. */
    public String definition() {
        StringBuilder text = new StringBuilder(source());
        specialTokens.forEach((name, token) -> {
            if (source().contains(name)) {
                text.append('\n').append(name).append(' ').append(token.text());
            }
        });
        return text.toString();
    }

    /**
     * The text of the prompt. A {@code developer} message becomes a {@code system} message where the template does not know it.
     * Throws {@link TemplateException} where the template refuses the messages, {@link IllegalArgumentException} where the final
     * message cannot be continued.
     */
    public Rendered render(ChatRequest request) {
        if (toolUse != null && !request.tools().isEmpty()) {
            return toolUse.render(request);
        }
        boolean developer = request.messages().stream().anyMatch(message -> message.role() == Role.DEVELOPER);
        if (!developer || !takesDeveloper) {
            return render(request, takesDeveloper);
        }
        try {
            return render(request, true);
        } catch (TemplateException e) {
            return render(request, false);
        }
    }

    private Rendered render(ChatRequest request, boolean keepsDeveloper) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        variables.putAll(request.templateVariables());
        variables.putAll(specialTokens);
        variables.put(
                "messages",
                request.messages().stream()
                        .map(message ->
                                message.role() == Role.DEVELOPER && !keepsDeveloper ? message.as(Role.SYSTEM) : message)
                        .map(message -> MessageValues.of(message, takesParts))
                        .toList());
        variables.put("tools", request.tools().isEmpty() ? null : request.tools());
        variables.put("documents", request.documents().isEmpty() ? null : request.documents());
        variables.put("add_generation_prompt", request.addsGenerationPrompt());
        Rendered rendered = template.render(variables, request.now());
        return request.continuesFinalMessage() ? cut(rendered, request.messages()) : rendered;
    }

    /** Cuts behind the final message's text, as the template wrote it: with or without white space around. */
    private static Rendered cut(Rendered rendered, List<Message> messages) {
        String content = messages.getLast().content().isEmpty()
                ? ""
                : messages.getLast().content().getLast();
        int end = content.isBlank() ? NOWHERE : end(rendered, content);
        if (end == NOWHERE) {
            throw new IllegalArgumentException(
                    "continue_final_message: the template does not write the final message's content into the prompt");
        }
        return rendered.first(end);
    }

    /** Where the last {@code content} ends: among what came from the request, as the template's own marks may hold a short one. */
    private static int end(Rendered rendered, String content) {
        String prompt = rendered.text();
        int start = prompt.length();
        for (Rendered.Segment segment : rendered.segments().reversed()) {
            String text = segment.text();
            start -= text.length();
            int end = segment.trusted() ? NOWHERE : end(text, content);
            if (end != NOWHERE) {
                return start + end;
            }
        }
        return end(prompt, content);
    }

    private static int end(String text, String content) {
        int at = text.lastIndexOf(content.strip());
        if (at < 0) {
            return NOWHERE;
        }
        int end = at + content.strip().length();
        String space = content.substring(content.stripTrailing().length());
        return text.startsWith(space, end) ? end + space.length() : end;
    }
}
