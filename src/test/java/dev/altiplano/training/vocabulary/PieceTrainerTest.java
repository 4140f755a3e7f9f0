package dev.altiplano.training.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PieceTrainerTest {

    private static WordCounts stories() {
        WordCounts counts = new WordCounts();
        for (int i = 0; i < 300; i++) {
            counts.add(Grammar.document(DocumentKind.STORIES, 1, i).text());
            counts.add(Grammar.document(DocumentKind.ARITHMETIC, 1, i).text());
        }
        return counts;
    }

    @Test
    void theTokenizerReadsTheFileAndEveryTextComesBack() {
        Tokenizer tokenizer = Tokenizers.parse(TokenizerModel.write(PieceTrainer.train(stories(), 400)));
        assertThat(tokenizer.vocabularySize()).isEqualTo(400 + TokenizerModel.RESERVED);
        assertThat(tokenizer.bos()).isEqualTo(1);
        assertThat(tokenizer.eos()).isEqualTo(2);
        for (String text : List.of("Once upon a time.", "Zürich 東京 \n\t x", "  two  spaces ", "12345", "<s> </s>")) {
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
        String story = Grammar.document(DocumentKind.STORIES, 2, 0).text();
        assertThat(tokenizer.encode(story).length).isLessThan(story.length() / 2);
    }

    @Test
    void digitsStandAloneAndWordsDoNotGrowTogether() {
        List<String> pieces = PieceTrainer.train(stories(), 400);
        assertThat(pieces).doesNotHaveDuplicates();
        assertThat(pieces).allSatisfy(piece -> {
            assertThat(piece.length() == 1 || piece.chars().noneMatch(Character::isDigit))
                    .isTrue();
            assertThat(piece.lastIndexOf(WordCounts.SPACE)).isLessThanOrEqualTo(0);
        });
        assertThat(pieces).contains("\u2581the", "\u2581was");
    }

    @Test
    void theMostFrequentPairComesFirstAndTiesAreAlphabetical() {
        WordCounts counts = new WordCounts();
        counts.add("aab aab aab cd");
        List<String> pieces = PieceTrainer.train(counts, 9);
        assertThat(pieces.subList(0, 2)).containsExactly("aa", "aab");
        assertThat(PieceTrainer.train(counts, 9)).isEqualTo(pieces);
    }

    @Test
    void overlappingRepeatsAreJoinedFromTheLeft() {
        WordCounts counts = new WordCounts();
        IntStream.range(0, 5).forEach(i -> counts.add("aaaaa"));
        assertThat(PieceTrainer.train(counts, 5)).containsExactly("aa", "aaa", "aaaaa", "a", "\u2581");
    }

    @Test
    void tooLittleTextIsNamed() {
        assertThatThrownBy(() -> PieceTrainer.train(new WordCounts(), 100))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("empty");
        WordCounts counts = new WordCounts();
        counts.add("abc");
        assertThatThrownBy(() -> PieceTrainer.train(counts, 100))
                .hasMessageContaining("choose a vocabulary of at most");
    }
}
