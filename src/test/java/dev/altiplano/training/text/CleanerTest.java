package dev.altiplano.training.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanerTest {

    private static Cleaner cleaner(String... steps) {
        return Cleaner.of(List.of(steps), Cleaner.builtInReference(), 1.0);
    }

    @Test
    void linesThatOccurredBeforeAreDropped() {
        List<String> kept = cleaner("duplicates")
                .clean(List.of(
                        "First text.\nCopyright 2019, all rights.", "Second text.\ncopyright  2024, all rights."));
        assertThat(kept).containsExactly("First text.\nCopyright 2019, all rights.", "Second text.");
    }

    @Test
    void otherLanguagesAndNoiseAreDropped() {
        String story = Grammar.document(DocumentKind.STORIES, 7, 0).text();
        Cleaner language = cleaner("language");
        assertThat(language.clean(List.of(
                        story,
                        "The farmer walked to the old mill and asked for some bread.",
                        "Вчера мы ходили в лес и видели там старую мельницу.",
                        "xq zzkv qqpw jxx vvkq zqx wqk jjq")))
                .containsExactly(story, "The farmer walked to the old mill and asked for some bread.");
        assertThat(language.report()).contains("2 documents in another language");
        assertThat(cleaner("quality").clean(List.of(story, "f(x) = {a[i] += b[j]; k--; return -1; } // 0x7f")))
                .containsExactly(story);
    }

    @Test
    void anUnknownStepIsNamed() {
        assertThatThrownBy(() -> cleaner("spelling")).hasMessageContaining("unknown step of cleaning spelling");
    }
}
