package dev.altiplano.engine.chat;

import dev.altiplano.engine.json.JsonException;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Jinja2 and Hugging Face's tokenizers gave, and the vocabulary that it was made with. */
public final class ChatReference {

    private static final Path FOLDER = Path.of("src/test/resources/reference/chat");

    private ChatReference() {}

    @SuppressWarnings("unchecked")
    public static Map<String, Object> json(String file) {
        try {
            return (Map<String, Object>) PlainJson.parse(Files.readString(FOLDER.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JsonException e) {
            throw new IllegalStateException(file, e);
        }
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> objects(Object value) {
        return (List<Map<String, Object>>) value;
    }

    static List<ControlToken> controlTokens() {
        List<ControlToken> tokens = new ArrayList<>();
        for (Map<String, Object> token : objects(json("tokenizer.json").get("added_tokens"))) {
            tokens.add(new ControlToken((String) token.get("content"), ((Long) token.get("id")).intValue()));
        }
        return tokens;
    }

    static Tokenizer tokenizer() {
        Map<String, Object> model = object(json("tokenizer.json").get("model"));
        TreeMap<Long, String> byId = new TreeMap<>();
        object(model.get("vocab")).forEach((token, id) -> byId.put((Long) id, token));
        List<ControlToken> controls = controlTokens();
        controls.forEach(token -> byId.put((long) token.id(), token.text()));
        int[] kinds = new int[byId.size()];
        Arrays.fill(kinds, 1);
        controls.forEach(token -> kinds[token.id()] = 3);
        List<String> merges =
                ((List<?>) model.get("merges")).stream().map(String::valueOf).toList();
        return BytePairTokenizer.of(
                List.copyOf(byId.values()),
                kinds,
                merges,
                "llama-bpe",
                Boundaries.of(560, 561, true, false, List.of()));
    }

    static PromptEncoder encoder() {
        Tokenizer tokenizer = tokenizer();
        return new PromptEncoder(controlTokens(), (text, first) -> tokenizer.encode(text));
    }
}
