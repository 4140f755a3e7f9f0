package dev.altiplano.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StopMatcherTest {

    @Test
    void holdsBackOnlyWhatCouldBeginAStop() {
        StopMatcher stops = new StopMatcher(new StopStrings(List.of("</end>", "\n\n")));
        assertThat(stops.append("a < b")).isEqualTo("a < b");
        assertThat(stops.append(" <")).isEqualTo(" ");
        assertThat(stops.append("/en")).isEmpty();
        assertThat(stops.append("t>\n")).isEqualTo("</ent>");
        assertThat(stops.append("x")).isEqualTo("\nx");
        assertThat(stops.append("y\n\nz")).isEqualTo("y");
        assertThat(stops.stopped()).isTrue();
        assertThat(stops.append("more")).isEmpty();
        assertThat(stops.finish()).isEmpty();
    }

    @Test
    void givesWhatItHeldAtTheEnd() {
        StopMatcher stops = new StopMatcher(new StopStrings(List.of("abc")));
        assertThat(stops.append("xab")).isEqualTo("x");
        assertThat(stops.finish()).isEqualTo("ab");
        assertThat(stops.stopped()).isFalse();
    }

    /** However a text is cut, what is shown is what comes before the first stop sequence to be complete. */
    @Test
    void doesNotDependOnHowTheTextIsCut() {
        Random random = new Random(1);
        for (int round = 0; round < 5000; round++) {
            String text = letters(random, 30);
            List<String> all = List.of(letters(random, 1 + random.nextInt(3)), letters(random, 1 + random.nextInt(4)));
            StopMatcher whole = new StopMatcher(new StopStrings(all));
            StringBuilder letterByLetter = new StringBuilder();
            for (int i = 0; i < text.length(); ) {
                int next = Math.min(text.length(), i + 1 + random.nextInt(4));
                letterByLetter.append(whole.append(text.substring(i, next)));
                i = next;
            }
            letterByLetter.append(whole.finish());
            int end = text.length();
            for (int i = text.length(); i > 0; i--) {
                int length = longestStopAt(text, i, all);
                end = length > 0 ? i - length : end;
            }
            assertThat(letterByLetter.toString()).as("%s in %s", all, text).isEqualTo(text.substring(0, end));
        }
    }

    /** Long sequences that nearly match all the time: steps that grew with their lengths would take minutes. */
    @Test
    void longSequencesCostNoMoreThanShortOnes() {
        String letters = "a".repeat(1023);
        StopStrings all = new StopStrings(List.of(letters + "b", letters + "c", letters + "d", letters + "e"));
        StringBuilder shown = new StringBuilder();
        StopMatcher stops = new StopMatcher(all);
        for (int i = 0; i < 200_000; i++) {
            shown.append(stops.append("aaa"));
        }
        assertThat(shown).hasSize(600_000 - 1023);
        assertThat(stops.finish()).hasSize(1023);
    }

    private static int longestStopAt(String text, int end, List<String> stops) {
        String head = text.substring(0, end);
        return stops.stream()
                .filter(head::endsWith)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }
}
