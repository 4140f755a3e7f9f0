package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams of any ids give the text of the whole, and hold back no more than an unfinished character. */
class DetokenizerTest {

    @Test
    void sentencePieceStreamsEqualTheWhole() {
        SentencePieceTokenizer tokenizer = Reference.tokenizer();
        streams(tokenizer, 3, 256, new int[] {0, 1, 2, 410, 335});
    }

    @Test
    void bytePairStreamsEqualTheWhole() {
        StringBuilder file = new StringBuilder();
        for (int octet = 0; octet < 256; octet++) {
            String base64 = Base64.getEncoder().encodeToString(new byte[] {(byte) octet});
            file.append(base64).append(' ').append(octet).append('\n');
        }
        for (int rank = 256; rank < 400; rank++) {
            // A lead byte and what may or may not belong to it.
            byte[] token = {(byte) (0xC0 + rank % 64), (byte) (rank * 7)};
            file.append(Base64.getEncoder().encodeToString(token))
                    .append(' ')
                    .append(rank)
                    .append('\n');
        }
        byte[] content = file.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        streams(BytePairTokenizer.parse(content), 0, 256, new int[] {400, 401, 409});
    }

    private static void streams(Tokenizer tokenizer, int firstByte, int bytes, int[] telling) {
        Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            int[] ids = new int[random.nextInt(30)];
            int mixture = random.nextInt(4);
            for (int i = 0; i < ids.length; i++) {
                ids[i] = switch (random.nextInt(1 + mixture)) {
                    case 0 -> firstByte + 128 + random.nextInt(bytes - 128);
                    case 1 -> telling[random.nextInt(telling.length)];
                    default -> random.nextInt(tokenizer.vocabularySize());
                };
            }
            Detokenizer detokenizer = tokenizer.detokenizer();
            StringBuilder streamed = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
                streamed.append(detokenizer.append(ids[i]));
                String soFar = tokenizer.decode(Arrays.copyOf(ids, i + 1));
                assertThat(soFar).startsWith(streamed);
                String held = soFar.substring(streamed.length());
                assertThat(held).matches("\uFFFD{0,3}");
            }
            streamed.append(detokenizer.finish());
            assertThat(streamed).hasToString(tokenizer.decode(ids));
        }
    }

    @Test
    void onlyTheFirstSpaceOfTheStreamIsDropped() {
        SentencePieceTokenizer tokenizer = Reference.tokenizer();
        int[] the = tokenizer.encode("the");
        assertThat(the).hasSize(1);
        Detokenizer detokenizer = tokenizer.detokenizer();
        assertThat(detokenizer.append(1)).isEmpty();
        assertThat(detokenizer.append(the[0])).isEqualTo("the");
        assertThat(detokenizer.append(the[0])).isEqualTo(" the");
        assertThat(detokenizer.append(2)).isEmpty();
        assertThat(detokenizer.append(the[0])).isEqualTo(" the");
        assertThat(detokenizer.finish()).isEmpty();
    }
}
