package dev.altiplano.engine.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.RandomText;
import dev.altiplano.engine.tokenizer.Reference;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.IdBuffer;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.SymbolMerger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentencePieceTokenizerTest {

    private static final int MEGABYTE = 1 << 20;

    private final SentencePieceTokenizer tokenizer = Reference.tokenizer();

    @Test
    void equalsTheDefinitionOnRandomVocabularies() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            Vocabulary vocabulary = Vocabulary.random(random);
            SentencePieceTokenizer built = vocabulary.tokenizer();
            for (int i = 0; i < 10; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(i < 8 ? 20 : 120); length > 0; length--) {
                    text.append("abcde \u00E9\u4F60x".charAt(random.nextInt(9)));
                }
                assertThat(built.encode(text.toString()))
                        .as("'%s' with %s", text, vocabulary.pieces)
                        .containsExactly(vocabulary.encodeByDefinition(text.toString()));
            }
        }
    }

    @Test
    void everyTextSurvivesTheRoundTrip() {
        Random random = new Random(4);
        for (int round = 0; round < 3000; round++) {
            String text = RandomText.of(random, random.nextInt(40));
            String expected = RandomText.cleaned(text).replace('\u2581', ' ');
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(expected);
            for (int id : ids) {
                assertThat(id).as("no control token in '%s'", text).isGreaterThan(2);
            }
        }
    }

    @Test
    void workGrowsWithTheTextAlone() {
        Random random = new Random(6);
        String words = "the quick brown fox never said that everything is better in the end. ";
        bounded("words", words.repeat(MEGABYTE / words.length()));
        bounded("one letter", "e".repeat(MEGABYTE));
        bounded("spaces", " ".repeat(MEGABYTE));
        bounded("one syllable", "the".repeat(MEGABYTE / 3));
        StringBuilder letters = new StringBuilder();
        StringBuilder unicode = new StringBuilder();
        while (letters.length() < MEGABYTE) {
            letters.append("aeinorstghblmdw".charAt(random.nextInt(15)));
            unicode.append((char) random.nextInt(Character.MAX_VALUE + 1));
        }
        bounded("no spaces", letters.toString());
        bounded("any characters", unicode.toString());
        Vocabulary doubling = new Vocabulary();
        for (int length = 1; length <= 256; length *= 2) {
            doubling.add("a".repeat(length), -length);
        }
        assertThat(steps(doubling.tokenizer(), "a".repeat(MEGABYTE))).isLessThan(80L * MEGABYTE);
    }

    private void bounded(String what, String text) {
        // A heap of all of a megabyte's pairs is 20 levels deep; a search per merge would be a million times as much.
        assertThat(steps(tokenizer, text)).as(what).isLessThan(80L * MEGABYTE);
    }

    private static long steps(SentencePieceTokenizer tokenizer, String text) {
        SymbolMerger merger = tokenizer.merger();
        int[] ids = tokenizer.encode(text, merger);
        assertThat(ids.length).isPositive();
        return merger.steps();
    }

    @Test
    void userDefinedPiecesAreCutOutFirst() {
        Vocabulary vocabulary = new Vocabulary();
        vocabulary.add("a", -1);
        vocabulary.add("b", -2);
        vocabulary.add("ab", -3);
        int user = vocabulary.add("<u>", 0, PieceKind.USER_DEFINED);
        int longer = vocabulary.add("<u>b b", 0, PieceKind.USER_DEFINED);
        SentencePieceTokenizer built = vocabulary.tokenizer();
        int ab = vocabulary.id("ab");
        assertThat(built.encode("ab<u>ab")).containsExactly(229, 153, 132, ab, user, ab);
        assertThat(built.encode("a<u>b bab").length).isEqualTo(3 + 1 + 1 + 1);
        assertThat(built.decode(new int[] {longer, user, ab})).isEqualTo("<u>b b<u>ab");
    }

    /** Under the rules of folders, in which the dummy prefix stands in front of each stretch of text. */
    @Test
    void aFolderHasItsSayOnUserDefinedPieces() {
        SentencePieceTokenizer file = SentencePieceTokenizer.of(
                List.of("<unk>", "a", "\u2581", "<u>"), new float[4], new int[] {2, 1, 1, 4}, -1, -1, 0, true, true);
        Boundaries none = Boundaries.of(-1, -1, false, false, List.of());
        assertThat(file.with(List.of(), 4, none, true, DummyPrefix.EACH).encode("a<u>a"))
                .containsExactly(2, 1, 3, 1);
        AddedToken inRawText = AddedToken.userDefined(3, "<u>");
        assertThat(file.with(List.of(inRawText), 4, none, true, DummyPrefix.EACH)
                        .encode("a<u>a"))
                .containsExactly(2, 1, 3, 2, 1);
        SentencePieceTokenizer special =
                file.with(List.of(AddedToken.control(3, "<u>")), 4, none, true, DummyPrefix.EACH);
        assertThat(special.encode("a<u>a")).doesNotContain(3);
        assertThat(special.encodeParsed("a<u>a")).containsExactly(2, 1, 3, 2, 1);
    }

    /** A quarter of a million of each: looking one up in the other would take tens of thousands of millions of steps. */
    @Test
    void manyEndsAndUserDefinedPiecesCostNoTime() {
        int size = 1 << 18;
        List<String> pieces = new ArrayList<>(List.of("<unk>"));
        int[] kinds = new int[size];
        List<EndToken> ends = new ArrayList<>();
        for (int id = 1; id < size; id++) {
            pieces.add("<" + id + ">");
            ends.add(new EndToken(id % (size / 2), "test"));
        }
        Arrays.fill(kinds, PieceKind.USER_DEFINED.number());
        kinds[0] = PieceKind.UNKNOWN.number();
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> SentencePieceTokenizer.ofGguf(
                        pieces,
                        new float[size],
                        kinds,
                        0,
                        false,
                        "",
                        List.of(),
                        Boundaries.of(-1, -1, false, false, ends)));
    }

    @Test
    void controlPiecesAreNeverReadFromText() {
        Vocabulary vocabulary = new Vocabulary();
        int control = vocabulary.add("x", 0, PieceKind.CONTROL);
        vocabulary.add("y", 0, PieceKind.UNUSED);
        assertThat(vocabulary.tokenizer().encode("x")).doesNotContain(control);
        assertThat(vocabulary.tokenizer().encode("<s></s><unk><0x41>")).doesNotContain(0, 1, 2, 'A' + 3);
        assertThat(vocabulary.tokenizer().encode("y")).endsWith('y' + 3);
    }

    @Test
    void whatBeginsOrEndsASequenceIsControlWhateverItsKind() {
        SentencePieceTokenizer built = SentencePieceTokenizer.of(
                List.of("<unk>", "a", "b", "\u2581"), new float[4], new int[] {2, 1, 4, 1}, 1, 2, 0, true, true);
        assertThat(built.encode("ab")).containsExactly(3, 0);
        assertThat(built.decode(new int[] {1, 3, 2})).isEmpty();
        assertThat(built.piece(2)).isEqualTo("b");
    }

    @Test
    void withoutBytesARunOfUnknownCharactersIsOneUnknownPiece() {
        SentencePieceTokenizer built = SentencePieceTokenizer.of(
                List.of("<unk>", "a", "\u2581"), new float[3], new int[] {2, 1, 1}, -1, -1, 0, true, true);
        assertThat(built.encode("xya\u4F60\uD83D\uDE00x ab")).containsExactly(2, 0, 1, 0, 2, 1, 0);
        assertThat(built.decode(new int[] {2, 0, 1})).isEqualTo(" \u2047 a");
        assertThat(built.addsBos()).isFalse();
    }

    @Test
    void withoutDummyPrefixNoSpaceIsAddedOrDropped() {
        SentencePieceTokenizer built = SentencePieceTokenizer.of(
                List.of("<unk>", "a", "\u2581"), new float[3], new int[] {2, 1, 1}, -1, -1, 0, true, false);
        assertThat(built.encode("a a")).containsExactly(1, 2, 1);
        assertThat(built.decode(new int[] {2, 1})).isEqualTo(" a");
        assertThat(built.encode("")).isEmpty();
    }

    @Test
    void inconsistentListsAreRefused() {
        List<String> pieces = List.of("<unk>", "a");
        refused(
                "2 pieces, but 1 scores",
                () -> SentencePieceTokenizer.of(pieces, new float[1], new int[] {2, 1}, -1, -1, 0, true, true));
        refused(
                "3 kinds",
                () -> SentencePieceTokenizer.of(pieces, new float[2], new int[] {2, 1, 1}, -1, -1, 0, true, true));
        refused(
                "kind 7",
                () -> SentencePieceTokenizer.of(pieces, new float[2], new int[] {2, 7}, -1, -1, 0, true, true));
        refused(
                "bos id is 2",
                () -> SentencePieceTokenizer.of(pieces, new float[2], new int[] {2, 1}, 2, -1, 0, true, true));
        refused(
                "eos id is -2",
                () -> SentencePieceTokenizer.of(pieces, new float[2], new int[] {2, 1}, -1, -2, 0, true, true));
        refused(
                "neither byte pieces nor an unknown",
                () -> SentencePieceTokenizer.of(pieces, new float[2], new int[] {1, 1}, -1, -1, -1, true, true));
        refused(
                "not <0x00>",
                () -> SentencePieceTokenizer.of(
                        List.of("<unk>", "<0x01>"), new float[2], new int[] {2, 6}, -1, -1, 0, true, true));
        refused(
                "pieces 1 and 2 are the same: 'a'",
                () -> SentencePieceTokenizer.of(
                        List.of("<unk>", "a", "a"), new float[3], new int[] {2, 1, 1}, -1, -1, 0, true, true));
        refused(
                "score that is not a number",
                () -> SentencePieceTokenizer.of(
                        pieces, new float[] {0, Float.NaN}, new int[] {2, 1}, -1, -1, 0, true, true));
        refused(
                "513 characters",
                () -> SentencePieceTokenizer.of(
                        List.of("<unk>", "a".repeat(513)), new float[2], new int[] {2, 1}, -1, -1, 0, true, true));
    }

    private static void refused(String reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(TokenizerException.class).hasMessageContaining(reason);
    }

    /** A vocabulary with all bytes, and the definition of the encoding in its plainest form. */
    private static final class Vocabulary {

        final List<String> pieces = new ArrayList<>();
        final List<Float> scores = new ArrayList<>();
        final List<PieceKind> kinds = new ArrayList<>();
        final Map<String, Integer> normal = new HashMap<>();

        Vocabulary() {
            add("<unk>", 0, PieceKind.UNKNOWN);
            add("<s>", 0, PieceKind.CONTROL);
            add("</s>", 0, PieceKind.CONTROL);
            for (int octet = 0; octet < 256; octet++) {
                add(String.format("<0x%02X>", octet), 0, PieceKind.BYTE);
            }
        }

        /** Pieces of few letters with few different scores, so that ties and overlaps abound; some characters are no piece. */
        static Vocabulary random(Random random) {
            Vocabulary vocabulary = new Vocabulary();
            for (int i = random.nextInt(40); i >= 0; i--) {
                StringBuilder piece = new StringBuilder();
                for (int length = random.nextInt(4); length >= 0; length--) {
                    piece.append("abcd\u2581\u00E9\u4F60".charAt(random.nextInt(7)));
                }
                if (!vocabulary.normal.containsKey(piece.toString())) {
                    vocabulary.add(piece.toString(), random.nextInt(6) - 3);
                }
            }
            return vocabulary;
        }

        void add(String piece, int score) {
            add(piece, score, PieceKind.NORMAL);
        }

        int add(String piece, int score, PieceKind kind) {
            if (kind == PieceKind.NORMAL) {
                normal.put(piece, pieces.size());
            }
            pieces.add(piece);
            scores.add((float) score);
            kinds.add(kind);
            return pieces.size() - 1;
        }

        int id(String piece) {
            return normal.get(piece);
        }

        SentencePieceTokenizer tokenizer() {
            float[] scoreArray = new float[pieces.size()];
            int[] kindArray = new int[pieces.size()];
            for (int id = 0; id < kindArray.length; id++) {
                scoreArray[id] = scores.get(id);
                kindArray[id] = kinds.get(id).number();
            }
            return SentencePieceTokenizer.of(pieces, scoreArray, kindArray, 1, 2, 0, true, true);
        }

        int[] bytes(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[utf8.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = 3 + (utf8[i] & 0xFF);
            }
            return ids;
        }

        int[] encodeByDefinition(String text) {
            if (text.isEmpty()) {
                return new int[0];
            }
            List<String> symbols = new ArrayList<>();
            ("\u2581" + text.replace(' ', '\u2581')).codePoints().forEach(c -> symbols.add(Character.toString(c)));
            while (true) {
                int best = -1;
                for (int i = 0; i + 1 < symbols.size(); i++) {
                    Integer id = normal.get(symbols.get(i) + symbols.get(i + 1));
                    if (id != null
                            && (best < 0
                                    || scores.get(id)
                                            > scores.get(normal.get(symbols.get(best) + symbols.get(best + 1))))) {
                        best = i;
                    }
                }
                if (best < 0) {
                    break;
                }
                symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
            }
            IdBuffer ids = new IdBuffer(symbols.size());
            for (String symbol : symbols) {
                Integer id = normal.get(symbol);
                for (int one : id == null ? bytes(symbol) : new int[] {id}) {
                    ids.add(one);
                }
            }
            return ids.toArray();
        }
    }
}
