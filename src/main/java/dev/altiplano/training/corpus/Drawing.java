package dev.altiplano.training.corpus;

import dev.altiplano.training.SplitMix;
import java.util.List;

/** A derivation by chance. */
final class Drawing extends Derivation {

    private final SplitMix random;
    private final StringBuilder text = new StringBuilder();
    private int answerFrom = -1;

    Drawing(SplitMix random) {
        this.random = random;
    }

    @Override
    int choose(int options) {
        return random.nextInt(options);
    }

    @Override
    void say(String words) {
        text.append(words);
    }

    @Override
    String pick(List<String> words) {
        String word = words.get(random.nextInt(words.size()));
        text.append(word);
        return word;
    }

    @Override
    void beginAnswer() {
        answerFrom = text.length();
    }

    Document document(DocumentKind kind) {
        return new Document(kind, text.toString(), answerFrom);
    }
}
