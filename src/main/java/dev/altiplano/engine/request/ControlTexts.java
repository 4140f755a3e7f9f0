package dev.altiplano.engine.request;

import dev.altiplano.engine.ControlTokenText;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Detokenizers in whose text some control tokens can be read. Thread-safe. */
final class ControlTexts {

    private final Tokenizer tokenizer;
    private final Map<Integer, String> all;
    private final Map<Integer, String> marks;

    /** @param template null for a model that does not chat */
    ControlTexts(Tokenizer tokenizer, @Nullable ChatTemplate template) {
        this.tokenizer = tokenizer;
        Collection<String> controls = tokenizer.controlTokens().keySet();
        all = byId(tokenizer, controls);
        marks = byId(
                tokenizer,
                template == null
                        ? List.of()
                        : ToolCallFormat.of(template.toolUse().source(), controls)
                                .marks());
    }

    private static Map<Integer, String> byId(Tokenizer tokenizer, Collection<String> spellings) {
        Map<Integer, String> texts = new HashMap<>();
        for (String spelling : spellings) {
            Integer id = tokenizer.controlTokens().get(spelling);
            if (id != null) {
                texts.put(id, spelling);
            }
        }
        return texts;
    }

    /** The marks around calls that are control tokens, by their ids. */
    Map<Integer, String> marks() {
        return marks;
    }

    /** A decoder for one stream of tokens. */
    Detokenizer detokenizer(ControlTokenText shown) {
        Detokenizer plain = tokenizer.detokenizer();
        return switch (shown) {
            case NONE -> plain;
            case TOOL_CALL_MARKS -> marks.isEmpty() ? plain : new Spelling(plain, marks);
            case ALL -> new Spelling(plain, all);
        };
    }

    private record Spelling(Detokenizer plain, Map<Integer, String> controls) implements Detokenizer {

        @Override
        public String append(int id) {
            String control = controls.get(id);
            String text = plain.append(id);
            return control == null ? text : text + control;
        }

        @Override
        public boolean dropsSpace() {
            return plain.dropsSpace();
        }

        @Override
        public String finish() {
            return plain.finish();
        }
    }
}
