package dev.altiplano.server.api.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.server.api.error.ApiException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdTest {

    private static final UUID ANSWER = UUID.fromString("01234567-89ab-4cde-8f01-23456789abcd");

    private static EventId id(List<ChoicePosition> choices) {
        return new EventId(-5, Long.MIN_VALUE + 3, ANSWER, 1_795_473_967L, true, choices);
    }

    @Test
    void comesBackAsItWas() {
        List<ChoicePosition> choices = List.of(
                ChoicePosition.NOTHING,
                new ChoicePosition(true, false, 0, 0, 0, 0, 0),
                new ChoicePosition(true, true, 127, 0, 128, -1, Integer.MIN_VALUE),
                new ChoicePosition(true, false, 0, 2, 0, 77, 0),
                new ChoicePosition(true, true, Integer.MAX_VALUE, 300, Integer.MAX_VALUE, 1, 2));
        assertThat(EventId.parse(id(choices).text())).isEqualTo(id(choices));
    }

    @Test
    void isShort() {
        ChoicePosition usual = new ChoicePosition(true, false, 900, 0, 0, 12345, 0);
        assertThat(id(List.of(usual)).text()).hasSizeLessThan(70);
    }

    @Test
    void holdsAsManyChoicesAsAStreamWithIdsMayHave() {
        ChoicePosition large =
                new ChoicePosition(true, true, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, -1, -1);
        List<ChoicePosition> choices = new ArrayList<>();
        for (int i = 0; i < EventId.MAX_CHOICES; i++) {
            choices.add(large);
        }
        assertThat(EventId.parse(id(choices).text())).isEqualTo(id(choices));
    }

    @Test
    void readsNothingElse() {
        Random random = new Random(3);
        byte[] whole = Base64.getUrlDecoder()
                .decode(id(List.of(new ChoicePosition(true, false, 9, 0, 9, 1, 2)))
                        .text());
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertThatThrownBy(() -> EventId.parse(text)).isInstanceOf(ApiException.class);
        }
        for (int length = 0; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertThatThrownBy(() -> EventId.parse(text)).isInstanceOf(ApiException.class);
        }
    }
}
