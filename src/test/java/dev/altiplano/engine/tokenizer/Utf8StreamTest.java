package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {

    @Test
    void everyCharacterIsRead() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                byte[] utf8 = new byte[Utf8.LONGEST];
                int length = Utf8.write(codePoint, utf8, 0);
                Utf8Stream stream = new Utf8Stream();
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < length; i++) {
                    assertThat(text).isEmpty();
                    stream.add(utf8[i] & 0xFF, text);
                }
                if (text.codePointAt(0) != codePoint || text.length() != Character.charCount(codePoint)) {
                    assertThat(text).hasToString(Character.toString(codePoint));
                }
            }
        }
    }

    @Test
    void writesAsTheLibraryDoes() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            String text = RandomText.cleaned(RandomText.of(random, 1));
            byte[] utf8 = new byte[text.length() * 3];
            int length = 0;
            for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
                length = Utf8.write(text.codePointAt(i), utf8, length);
            }
            assertThat(java.util.Arrays.copyOf(utf8, length)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyBadByteIsOneReplacement() {
        Random random = new Random(2);
        byte[] telling = {
            'a',
            (byte) 0x80,
            (byte) 0x8F,
            (byte) 0x90,
            (byte) 0x9F,
            (byte) 0xA0,
            (byte) 0xBF,
            (byte) 0xC0,
            (byte) 0xC2,
            (byte) 0xE0,
            (byte) 0xE2,
            (byte) 0xED,
            (byte) 0xEF,
            (byte) 0xF0,
            (byte) 0xF1,
            (byte) 0xF4,
            (byte) 0xF5
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(9)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                        random.nextInt(8) == 0 ? (byte) random.nextInt(256) : telling[random.nextInt(telling.length)];
            }
            assertThat(Utf8Stream.decode(bytes)).isEqualTo(byDefinition(bytes));
        }
    }

    /** At each place the one well-formed character that begins there, or U+FFFD for one byte. */
    private static String byDefinition(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; ) {
            int length = 1;
            String found = "\uFFFD";
            for (int candidate = 1; candidate <= 4 && i + candidate <= bytes.length; candidate++) {
                try {
                    found = StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, i, candidate))
                            .toString();
                    length = candidate;
                    break;
                } catch (CharacterCodingException e) {
                    continue;
                }
            }
            text.append(found);
            i += length;
        }
        return text.toString();
    }
}
