package dev.altiplano.engine.request;

import dev.altiplano.engine.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.Map;

/**
 * What each token id is called where its log probability is reported: the text that it stands for, or its name in the vocabulary
 * where it has no text of its own (control tokens, single bytes of a longer character) or another token has the same text.
 */
final class TokenTexts {

    private final String[] texts;

    TokenTexts(Tokenizer tokenizer) {
        texts = new String[tokenizer.vocabularySize()];
        Map<String, Integer> owners = new HashMap<>();
        for (int id = 0; id < texts.length; id++) {
            texts[id] = text(tokenizer, id, tokenizer.piece(id));
            // Of two tokens with one text the later one has it: single bytes stand before the pieces that people read.
            Integer before = owners.put(texts[id], id);
            if (before != null) {
                texts[before] = tokenizer.piece(before);
            }
        }
    }

    private static String text(Tokenizer tokenizer, int id, String piece) {
        if (piece.indexOf('▁') >= 0) {
            return piece.replace('▁', ' ');
        }
        String decoded = tokenizer.decode(new int[] {id});
        return decoded.isEmpty() || decoded.indexOf('\uFFFD') >= 0 ? piece : decoded;
    }

    String of(int id) {
        return texts[id];
    }
}
