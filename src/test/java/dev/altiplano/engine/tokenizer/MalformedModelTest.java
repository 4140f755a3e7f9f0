package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files that are no tokenizer, or are meant to do harm. */
class MalformedModelTest {

    @Test
    void everyReferenceFileIsJudgedAsItsManifestSays() {
        int cases = 0;
        for (JsonNode one : Reference.json("malformed/manifest.json").get("cases")) {
            if (!one.get("kind").stringValue().equals("tokenizer")) {
                continue;
            }
            cases++;
            String name = one.get("path").stringValue();
            Path file = Reference.FOLDER.resolve("malformed").resolve(name);
            switch (one.get("expect").stringValue()) {
                case "accept" ->
                    assertThat(Tokenizers.load(file).vocabularySize()).isEqualTo(300);
                case "reject" ->
                    assertThatThrownBy(() -> Tokenizers.load(file))
                            .as("%s", one)
                            .isInstanceOf(TokenizerException.class)
                            .hasMessageContaining(name)
                            .hasMessageMatching("(?s).*(at byte|piece|vocabulary).*");
                default -> loadsOrRefuses(Reference.bytes("malformed/" + name));
            }
        }
        assertThat(cases).isEqualTo(20);
    }

    @Test
    void saysWhatIsWrong() {
        refusal("tok-unigram.model", "of type unigram");
        refusal("tok-is-gguf.model", "GGUF");
        refusal("tok-missing-byte.model", "<0x41>");
        refusal("tok-empty.model", "at byte 0: the file is empty");
        refusal("tok-no-unk.model", "unknown");
        refusal("tok-no-pieces.model", "no pieces");
        refusal("tok-length-2-62.model", "announces 4611686018427387904 bytes");
        refusal("tok-varint-11.model", "more than 64 bits");
        refusal("tok-wire-type-7.model", "wire type 7");
        refusal("tok-field-0.model", "field number 0");
        refusal("tok-duplicate-piece.model", "are the same");
        refusal("tok-score-nan.model", "not a number");
        refusal("tok-invalid-utf8.model", "not UTF-8");
    }

    private static void refusal(String file, String reason) {
        assertThatThrownBy(() -> Tokenizers.parse(Reference.bytes("malformed/" + file)))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void mutatedFilesAreReadOrRefused() {
        byte[] good = Reference.bytes("malformed/control.model");
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bad = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bad = mutate(bad, random);
            }
            refused += loadsOrRefuses(bad) ? 0 : 1;
        }
        assertThat(refused).isBetween(500, 2950);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] good = Reference.bytes("malformed/control.model");
        for (int length = 0; length < good.length - 24; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> Tokenizers.parse(cut)).isInstanceOf(TokenizerException.class);
        }
    }

    @Test
    void randomBytesAreRefused() {
        Random random = new Random(2);
        for (int round = 0; round < 2000; round++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            assertThatThrownBy(() -> Tokenizers.parse(noise)).isInstanceOf(TokenizerException.class);
        }
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        if (bytes.length < 2) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> bytes[at] = (byte) 0xFF;
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            default -> {
                int length = Math.min(random.nextInt(40), bytes.length - at);
                byte[] shorter = new byte[bytes.length - length];
                System.arraycopy(bytes, 0, shorter, 0, at);
                System.arraycopy(bytes, at + length, shorter, at, bytes.length - at - length);
                return shorter;
            }
        }
        return bytes;
    }

    /** Anything but a refusal that speaks fails the test; what loads must also work. */
    private static boolean loadsOrRefuses(byte[] content) {
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizers.parse(content);
        } catch (TokenizerException e) {
            assertThat(e).hasMessageMatching("(?s).*(at byte \\d+|piece|tokens?|vocabulary).*");
            return false;
        }
        String text = " the end \u00E9\uD83D\uDE00";
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids)).isNotNull();
        return true;
    }

    @Test
    void whatIsNoFileIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> Tokenizers.load(folder))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("not a file");
        assertThatThrownBy(() -> Tokenizers.load(folder.resolve("tokenizer.model")))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void hugeFilesAreRefusedUnread(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tokenizer.model");
        try (var channel = Files.newByteChannel(
                file, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(8L << 30).write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        assertThatThrownBy(() -> Tokenizers.load(file))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("8589934593 bytes");
    }
}
