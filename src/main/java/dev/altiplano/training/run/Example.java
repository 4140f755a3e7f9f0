package dev.altiplano.training.run;

import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.text.TextFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An instruction and its response as tokens, in the form that Llama 2's chat models made known: {@code [INST] instruction [/INST]
 * response}, between the beginning and the end of a sequence.
 *
 * @param learnFrom index of the first token of the response
 */
public record Example(int[] tokens, int learnFrom) {

    /** What a model is given to answer {@code instruction}. */
    public static String prompt(String instruction) {
        return "[INST] " + instruction.strip() + " [/INST]";
    }

    static Example of(Tokenizer tokenizer, String instruction, String response) {
        int[] prompt = tokenizer.encode(prompt(instruction));
        int[] whole = tokenizer.encode(prompt(instruction) + " " + response.strip());
        int[] tokens = new int[whole.length + 2];
        tokens[0] = tokenizer.bos();
        System.arraycopy(whole, 0, tokens, 1, whole.length);
        tokens[tokens.length - 1] = tokenizer.eos();
        return new Example(tokens, common(prompt, whole) + 1);
    }

    /** How many tokens at the beginning are the same. */
    static int common(int[] prompt, int[] whole) {
        int common = 0;
        while (common < prompt.length && common < whole.length && prompt[common] == whole[common]) {
            common++;
        }
        return common;
    }

    /**
     * Reads JSON lines, each an object with {@code instruction} and {@code response} (or {@code output}), and {@code input}
     * where the instruction is about a text; or with {@code messages} and perhaps {@code tools}, as OpenAI writes them, of which
     * each message of the assistant is an example. Empty lines are skipped.
     *
     * @param context the longest example that can be learned
     * @param template writes conversations out; null where there are none
     */
    public static List<Example> read(Path file, Tokenizer tokenizer, int context, @Nullable ChatTemplate template) {
        JsonMapper mapper = JsonMapper.builder().build();
        ArrayList<Example> examples = new ArrayList<>();
        TextFile.lines(file, (line, number) -> {
            if (line.isBlank()) {
                return;
            }
            String where = file + ", line " + number + ": ";
            JsonNode json;
            try {
                json = mapper.readTree(line);
            } catch (JacksonException e) {
                throw new TrainingException(where + "no JSON: " + e.getOriginalMessage(), e);
            }
            List<Example> found = json.has("messages")
                    ? ConversationExamples.of(tokenizer, template, json, where)
                    : List.of(of(tokenizer, json, where));
            for (Example example : found) {
                if (example.tokens().length > context + 1) {
                    throw new TrainingException(where + example.tokens().length + " tokens: the context is " + context
                            + ", so shorten or remove this example");
                }
            }
            examples.addAll(found);
        });
        if (examples.isEmpty()) {
            throw new TrainingException(file + ": has no examples");
        }
        return examples;
    }

    private static Example of(Tokenizer tokenizer, JsonNode json, String where) {
        String instruction = text(json, where, "instruction", "prompt");
        String response = text(json, where, "response", "output");
        JsonNode input = json.get("input");
        if (input != null && input.isString() && !input.stringValue().isBlank()) {
            instruction = instruction + "\n\n" + input.stringValue();
        }
        return of(tokenizer, instruction, response);
    }

    private static String text(JsonNode json, String where, String name, String otherName) {
        if (!json.isObject()) {
            throw new TrainingException(where + "not a JSON object");
        }
        JsonNode value = json.has(name) ? json.get(name) : json.get(otherName);
        if (value == null || !value.isString() || value.stringValue().isBlank()) {
            throw new TrainingException(where + "needs a text \"" + name + "\"");
        }
        return value.stringValue();
    }
}
