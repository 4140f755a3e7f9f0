package dev.altiplano.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in a file of keys, and what an error about one says. */
class KeyFileTest {

    private static final String KEY = "0123456789abcdef";
    private static final String HASH = "sha256:" + "ab".repeat(32);

    @Test
    void readsNamesKeysAndLimits() throws Exception {
        List<KeyFile.Entry> entries = parse("# keys\r\n\r\nweb\t" + KEY + "\r\n  batch  " + KEY + "x==," + HASH
                + "  requests=4 tokens-per-minute=60000 priority=-1\nlast " + KEY + "y");
        assertThat(entries).extracting(KeyFile.Entry::name).containsExactly("web", "batch", "last");
        assertThat(entries.get(0).limits()).isEqualTo(KeyLimits.NONE);
        assertThat(entries.get(1).limits()).isEqualTo(new KeyLimits(4, 60000, -1));
        assertThat(entries.get(1).hashes()).hasSize(2);
        assertThat(HexFormat.of().formatHex(entries.get(1).hashes().get(1))).isEqualTo("ab".repeat(32));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web|1: a key must follow",
                "-web K|1: the name must",
                "web short|1: a key must be 16",
                "web K,|1: a key must be 16",
                "web Kä|1: a key must be 16",
                "web sha256:abc|1: after sha256:",
                "a K~web K|2: a key is already in line 1",
                "a K~#~a Kx|3: the name is already in an earlier line",
                "web K requests=0|1: requests must be a whole number from 1 to 1000000",
                "web K requests=99999999999999999999|1: requests must be",
                "web K requests=1 requests=2|1: requests is there twice",
                "web K priority=101|1: priority must be a whole number from -100 to 100",
                "web K tokens-per-minute=-1|1: tokens-per-minute must be",
                "web K K|1: field 3 is not a limit"
            })
    void refusesWhatItDoesNotUnderstandWithItsLineAndWithoutQuoting(String content, String message) {
        String file = content.replace("K", KEY).replace('~', '\n');
        KeyFileException e = catchThrowableOfType(KeyFileException.class, () -> parse(file));
        assertThat(e).hasMessageContaining(message).hasMessageNotContaining(KEY);
    }

    @Test
    void refusesWhatIsNoText() {
        for (byte[] content : List.of(
                new byte[KeyFile.MAX_BYTES + 1],
                ("web " + KEY + "\0").getBytes(StandardCharsets.UTF_8),
                ("web " + "k".repeat(9000)).getBytes(StandardCharsets.UTF_8),
                new byte[] {'#', (byte) 0xC3, '\n'})) {
            assertThat(catchThrowableOfType(KeyFileException.class, () -> KeyFile.parse(content)))
                    .isNotNull();
        }
    }

    @Test
    void neverFailsOtherwise() {
        Random random = new Random(7);
        String alphabet = "web \t\n\r#=,:-" + KEY + "sha256:requests=priority=\0é";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder content = new StringBuilder("web " + KEY);
            for (int j = 0; j < random.nextInt(60); j++) {
                content.insert(
                        random.nextInt(content.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(parse(content.toString())).isNotNull();
            } catch (KeyFileException e) {
                assertThat(e).hasMessageNotContaining(KEY);
            }
        }
    }

    private static List<KeyFile.Entry> parse(String content) throws KeyFileException {
        return KeyFile.parse(content.getBytes(StandardCharsets.UTF_8));
    }
}
