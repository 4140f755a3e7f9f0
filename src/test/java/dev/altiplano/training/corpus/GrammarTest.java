package dev.altiplano.training.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrammarTest {

    @ParameterizedTest
    @EnumSource
    void whatIsDrawnIsParsed(DocumentKind kind) {
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Document document = Grammar.document(kind, 1, i);
            assertThat(Grammar.problem(kind, document.text())).isEmpty();
            double probability = Grammar.logProbability(kind, document.text()).orElseThrow();
            assertThat(probability).isNegative();
            texts.add(document.text());
            assertThat(Grammar.document(kind, 1, i)).isEqualTo(document);
            assertThat(Grammar.problem(kind, document.text() + " x")).isPresent();
        }
    }

    @Test
    void aDocumentWithAnotherNameInTheMiddleIsRefused() {
        String story = Grammar.document(DocumentKind.STORIES, 3, 0).text();
        String name = story.split(" named ")[1].split("\\.")[0];
        int last = story.lastIndexOf(name);
        String other = story.substring(0, last) + "Zebediah" + story.substring(last + name.length());
        assertThat(Grammar.problem(DocumentKind.STORIES, other).orElseThrow()).contains("cannot go on with \"Zebediah");
    }
}
