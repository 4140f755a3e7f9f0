package dev.altiplano.engine.simulation;

import dev.altiplano.engine.tokenizer.Detokenizer;
import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.TextPart;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.Utf8Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * A tokenizer of some letters, some short words, single bytes of longer characters, two ends, and an id that has no token. Where
 * it is asked for bytes or text, {@code mishap} may throw.
 */
final class Letters implements Tokenizer {

    static final int VOCABULARY = 40;

    private static final int BOS = 0;
    private static final int EOS = 1;
    private static final int END_OF_TURN = 2;
    private static final int NO_TOKEN = 3;
    private static final int FIRST_BYTE = 36;
    private static final byte[] BYTES = "é€".getBytes(StandardCharsets.UTF_8);
    private static final int FIRST_WORD = 30;
    private static final List<String> WORDS = List.of("ab", "abc", " a", "\n", "zz", "cab");

    private final Runnable mishap;

    Letters(Runnable mishap) {
        this.mishap = mishap;
    }

    @Override
    public int vocabularySize() {
        return VOCABULARY;
    }

    @Override
    public boolean hasToken(int id) {
        return id != NO_TOKEN;
    }

    @Override
    public int bos() {
        return BOS;
    }

    @Override
    public int eos() {
        return EOS;
    }

    @Override
    public List<EndToken> ends() {
        return List.of(new EndToken(EOS, "eos"), new EndToken(END_OF_TURN, "end of turn"));
    }

    @Override
    public boolean isEnd(int id) {
        return id == EOS || id == END_OF_TURN;
    }

    @Override
    public List<Integer> prefixIds() {
        return List.of(BOS);
    }

    @Override
    public List<Integer> suffixIds() {
        return List.of();
    }

    @Override
    public SequencedMap<String, Integer> controlTokens() {
        return new TreeMap<>();
    }

    @Override
    public int[] encode(String text) {
        mishap.run();
        return text.chars().map(letter -> 4 + letter % 26).toArray();
    }

    @Override
    public int[] encodeParsed(String text) {
        return encode(text);
    }

    @Override
    public int[] encodeContinuation(String text) {
        return encode(text);
    }

    @Override
    public int[] encode(List<TextPart> parts) {
        List<Integer> ids = new ArrayList<>();
        for (TextPart part : parts) {
            for (int id : encode(part.text())) {
                ids.add(id);
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        Utf8Stream stream = new Utf8Stream();
        for (int id : ids) {
            for (byte octet : bytes(id)) {
                stream.add(octet & 0xFF, text);
            }
        }
        stream.end(text);
        return text.toString();
    }

    @Override
    public String piece(int id) {
        if (id < 4) {
            return "<" + id + ">";
        }
        return id < FIRST_BYTE
                ? new String(bytes(id), StandardCharsets.UTF_8)
                : String.format("<0x%02X>", BYTES[id - FIRST_BYTE] & 0xFF);
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 4) {
            return new byte[0];
        }
        if (id >= FIRST_BYTE) {
            return new byte[] {BYTES[id - FIRST_BYTE]};
        }
        return (id >= FIRST_WORD ? WORDS.get(id - FIRST_WORD) : String.valueOf((char) ('a' + id - 4)))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Detokenizer detokenizer() {
        return new Detokenizer() {
            private final Utf8Stream stream = new Utf8Stream();

            @Override
            public String append(int id) {
                mishap.run();
                StringBuilder text = new StringBuilder();
                for (byte octet : bytes(id)) {
                    stream.add(octet & 0xFF, text);
                }
                return text.toString();
            }

            @Override
            public String finish() {
                StringBuilder text = new StringBuilder();
                stream.end(text);
                return text.toString();
            }
        };
    }
}
