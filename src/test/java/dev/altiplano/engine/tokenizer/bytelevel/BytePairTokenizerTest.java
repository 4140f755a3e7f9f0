package dev.altiplano.engine.tokenizer.bytelevel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.RandomText;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import dev.altiplano.engine.tokenizer.vocabulary.SymbolMerger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BytePairTokenizerTest {

    private static final int MEGABYTE = 1 << 20;
    private static final Boundaries NO_BOUNDARIES = Boundaries.of(-1, -1, false, false, List.of());
    private static final String SAMPLE =
            "the cat's 1234 hats, there and then: \u00E9t\u00E9 \uD83D\uDE00\n\n  It'S fine";

    @Test
    void mergesAsTheDefinitionSays() {
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            Vocabulary vocabulary = Vocabulary.random(random, 1 + random.nextInt(60));
            BytePairTokenizer tokenizer = vocabulary.tokenizer("gpt-2");
            for (int i = 0; i < 20; i++) {
                // Letters alone are one word.
                String text = Vocabulary.letters(random, 1 + random.nextInt(60));
                assertThat(tokenizer.encode(text)).containsExactly(vocabulary.encodeByDefinition(text));
            }
        }
    }

    @Test
    void ranksMergeAsTheDefinitionSays() {
        Random random = new Random(2);
        for (int round = 0; round < 100; round++) {
            List<String> tokens = new ArrayList<>();
            for (int octet = 0; octet < 256; octet++) {
                tokens.add(String.valueOf((char) octet));
            }
            for (int i = random.nextInt(40); i >= 0; i--) {
                String token = Vocabulary.letters(random, 2 + random.nextInt(4));
                if (!tokens.contains(token)) {
                    tokens.add(token);
                }
            }
            BytePairTokenizer tokenizer = BytePairTokenizer.parse(rankFile(tokens));
            for (int i = 0; i < 20; i++) {
                String text = Vocabulary.letters(random, 1 + random.nextInt(40));
                assertThat(tokenizer.encode(text)).as("'%s'", text).containsExactly(byRanks(tokens, text));
            }
        }
    }

    private static int[] byRanks(List<String> tokens, String text) {
        int whole = tokens.indexOf(text);
        if (whole >= 0) {
            return new int[] {whole};
        }
        List<String> symbols = new ArrayList<>(List.of(text.split("")));
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = tokens.indexOf(symbols.get(i) + symbols.get(i + 1));
                if (rank >= 0 && rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return symbols.stream().mapToInt(tokens::indexOf).toArray();
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    private static byte[] rankFile(List<String> tokens) {
        StringBuilder file = new StringBuilder();
        for (int rank = 0; rank < tokens.size(); rank++) {
            byte[] bytes = tokens.get(rank).getBytes(StandardCharsets.ISO_8859_1);
            file.append(Base64.getEncoder().encodeToString(bytes))
                    .append(' ')
                    .append(rank)
                    .append('\n');
        }
        return file.toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void everyTextSurvivesTheRoundTrip() {
        Random random = new Random(3);
        Vocabulary vocabulary = Vocabulary.random(random, 100);
        for (String rule : List.of("gpt-2", "llama-bpe", "smollm")) {
            BytePairTokenizer tokenizer = vocabulary.tokenizer(rule);
            for (int round = 0; round < 1000; round++) {
                String text = RandomText.of(random, random.nextInt(40));
                int[] ids = tokenizer.encode(text);
                assertThat(tokenizer.decode(ids)).isEqualTo(RandomText.cleaned(text));
                assertThat(ids).doesNotContain(vocabulary.bos, vocabulary.eos, vocabulary.turn);
            }
        }
    }

    @Test
    void llama3ControlTokensStandBehindTheRanks() {
        BytePairTokenizer tokenizer = BytePairTokenizer.parse(rankFile(bytesAnd("th", "the", " the")));
        int first = 259;
        assertThat(tokenizer.vocabularySize()).isEqualTo(first + 256);
        assertThat(tokenizer.bos()).isEqualTo(first);
        assertThat(tokenizer.eos()).isEqualTo(first + 1);
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.piece(first)).isEqualTo("<|begin_of_text|>");
        assertThat(tokenizer.piece(first + 6)).isEqualTo("<|start_header_id|>");
        assertThat(tokenizer.piece(first + 9)).isEqualTo("<|eot_id|>");
        assertThat(tokenizer.piece(first + 11)).isEqualTo("<|reserved_special_token_3|>");
        assertThat(tokenizer.piece(first + 255)).isEqualTo("<|reserved_special_token_247|>");
        assertThat(tokenizer.piece(258)).isEqualTo("\u0120the");
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            assertThat(tokenizer.isEnd(id)).isEqualTo(id == first + 1 || id == first + 8 || id == first + 9);
        }
        assertThat(tokenizer.isEnd(-1)).isFalse();
        assertThat(tokenizer.isEnd(9999)).isFalse();
        for (int id : tokenizer.encode("<|begin_of_text|>the<|eot_id|>")) {
            assertThat(id).isLessThan(first);
        }
        assertThat(tokenizer.decode(new int[] {first, 257, first + 9, 258})).isEqualTo("the the");
        assertThatThrownBy(() -> tokenizer.decode(new int[] {first + 256}))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("515");
    }

    @Test
    void wholeTokensThatMergingMissesAreTakenByLlama3Alone() {
        Vocabulary vocabulary = new Vocabulary();
        vocabulary.merge("a", "b");
        int abc = vocabulary.add("abc");
        assertThat(vocabulary.tokenizer("llama-bpe").encode("abc")).containsExactly(abc);
        assertThat(vocabulary.tokenizer("gpt-2").encode("abc"))
                .containsExactly(vocabulary.id("ab"), vocabulary.id("c"));
        BytePairTokenizer ranks = BytePairTokenizer.parse(rankFile(bytesAnd("xyzw", "xy")));
        assertThat(ranks.encode("xyzw")).containsExactly(256);
        assertThat(ranks.encode("xyzwx")).containsExactly(257, 'z', 'w', 'x');
    }

    @Test
    void oneTokenOfManyMergesFollowsTheOrderOfTheMerges() {
        Vocabulary vocabulary = new Vocabulary();
        vocabulary.merge("b", "c");
        vocabulary.merge("a", "bc");
        vocabulary.merge("a", "b");
        vocabulary.merges.add("ab c");
        BytePairTokenizer tokenizer = vocabulary.tokenizer("gpt-2");
        assertThat(tokenizer.encode("abc")).containsExactly(vocabulary.id("abc"));
        assertThat(tokenizer.encode("abab")).containsExactly(vocabulary.id("ab"), vocabulary.id("ab"));
    }

    @Test
    void userDefinedTokensAreCutOutAndControlTokensAreNot() {
        Vocabulary vocabulary = new Vocabulary();
        int user = vocabulary.add("<u v>", PieceKind.USER_DEFINED);
        BytePairTokenizer tokenizer = vocabulary.tokenizer("llama-bpe");
        assertThat(tokenizer.encode("a<u v>b")).containsExactly(vocabulary.id("a"), user, vocabulary.id("b"));
        assertThat(tokenizer.decode(new int[] {user, vocabulary.bos, user})).isEqualTo("<u v><u v>");
        assertThat(tokenizer.encode("<|bos|>")).hasSize(7);
        assertThat(tokenizer.piece(vocabulary.bos)).isEqualTo("<|bos|>");
        assertThat(tokenizer.isEnd(vocabulary.turn)).isTrue();
        assertThat(tokenizer.isEnd(vocabulary.eos)).isTrue();
    }

    @Test
    void whatBeginsOrEndsASequenceIsControlWhateverItsKind() {
        Vocabulary vocabulary = new Vocabulary();
        vocabulary.kinds.set(vocabulary.bos, 1);
        vocabulary.kinds.set(vocabulary.turn, 4);
        BytePairTokenizer tokenizer = vocabulary.tokenizer("gpt-2");
        assertThat(tokenizer.encode("<|turn|><|bos|>")).hasSize(15);
        assertThat(tokenizer.decode(new int[] {vocabulary.bos, vocabulary.turn}))
                .isEmpty();
    }

    @Test
    void workGrowsWithTheTextAlone() {
        Random random = new Random(4);
        Vocabulary vocabulary = Vocabulary.random(random, 60);
        BytePairTokenizer tokenizer = vocabulary.tokenizer("llama-bpe");
        for (String text : List.of(
                SAMPLE.repeat(MEGABYTE / SAMPLE.length()),
                "a".repeat(MEGABYTE),
                " ".repeat(MEGABYTE),
                "\n ".repeat(MEGABYTE / 2),
                Vocabulary.letters(random, MEGABYTE),
                RandomText.of(random, MEGABYTE / 2))) {
            SymbolMerger merger = tokenizer.merger();
            tokenizer.encode(text, merger);
            assertThat(merger.steps()).as(text.substring(0, 20)).isLessThan(160L * MEGABYTE);
        }
    }

    @Test
    void unusableListsAreRefused() {
        Vocabulary vocabulary = new Vocabulary();
        vocabulary.merge("a", "b");
        refused("'unheard-of' is not known; known are a.x-4.0, bailingmoe", () -> vocabulary.tokenizer("unheard-of"));
        refused("merge 1 'a b': it is there twice", () -> vocabulary.with("a b").tokenizer("gpt-2"));
        refused(
                "merge 1 'b a': what it makes is not in the vocabulary",
                () -> vocabulary.with("b a").tokenizer("gpt-2"));
        refused("merge 1 'ab' is not two tokens", () -> vocabulary.with("ab").tokenizer("gpt-2"));
        refused("its left part", () -> vocabulary.with("zz a").tokenizer("gpt-2"));
        refused("byte alphabet", () -> vocabulary.with("a  b").tokenizer("gpt-2"));
        refused("are the same", () -> {
            Vocabulary twice = new Vocabulary();
            twice.add("a");
            twice.tokenizer("gpt-2");
        });
        refused(
                "no token for the byte 0x00",
                () -> BytePairTokenizer.of(List.of("a"), new int[] {1}, List.of(), "gpt-2", NO_BOUNDARIES));
        refused(
                "2 kinds",
                () -> BytePairTokenizer.of(List.of("a"), new int[] {1, 1}, List.of(), "gpt-2", NO_BOUNDARIES));
    }

    @Test
    void unusableRankFilesAreRefused() {
        String good = new String(rankFile(bytesAnd("th")), StandardCharsets.US_ASCII);
        assertThat(Tokenizers.parse(ascii(good))).isInstanceOf(BytePairTokenizer.class);
        assertThat(Tokenizers.parse(ascii(good.replace("\n", "\r\n") + "\n")).vocabularySize())
                .isEqualTo(257 + 256);
        refused("line 258 has rank 256 a second time", () -> Tokenizers.parse(ascii(good + "YWE= 256\n")));
        refused("no line has rank 257", () -> Tokenizers.parse(ascii(good + "YWE= 258\n")));
        refused("more than the file has lines", () -> Tokenizers.parse(ascii(good + "YWE= 2000000000\n")));
        refused("has no rank", () -> Tokenizers.parse(ascii(good + "YWE= 99999999999999999999\n")));
        refused("line 258 is not base64", () -> Tokenizers.parse(ascii(good + "Y!E= 257\n")));
        refused("is not a token in base64", () -> Tokenizers.parse(ascii(good + "YWE=\n")));
        refused("tokens 256 and 257 are the same: 'th'", () -> Tokenizers.parse(ascii(good + "dGg= 257\n")));
        refused("no token for the byte", () -> Tokenizers.parse(ascii("dGg= 0\n")));
        refused("at byte", () -> Tokenizers.parse(ascii(good + "=".repeat(2000) + " 257\n")));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void refused(String reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(TokenizerException.class).hasMessageContaining(reason);
    }

    private static List<String> bytesAnd(String... tokens) {
        List<String> all = new ArrayList<>();
        for (int octet = 0; octet < 256; octet++) {
            all.add(String.valueOf((char) octet));
        }
        all.addAll(List.of(tokens));
        return all;
    }

    /** All bytes, merges of letters, three control tokens; and the definition of the encoding in its plainest form. */
    private static final class Vocabulary {

        final List<String> tokens = new ArrayList<>();
        final List<Integer> kinds = new ArrayList<>();
        final List<String> merges = new ArrayList<>();
        final Map<String, Integer> ids = new HashMap<>();
        final int bos = add("<|bos|>", PieceKind.CONTROL);
        final int eos = add("<|eos|>", PieceKind.CONTROL);
        final int turn = add("<|turn|>", PieceKind.CONTROL);

        Vocabulary() {
            byte[] one = new byte[1];
            for (int octet = 0; octet < 256; octet++) {
                one[0] = (byte) octet;
                add(ByteAlphabet.write(one));
            }
        }

        static String letters(Random random, int length) {
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < length; i++) {
                letters.append("abcd".charAt(random.nextInt(4)));
            }
            return letters.toString();
        }

        /** Merges pairs of tokens that are there already. */
        static Vocabulary random(Random random, int count) {
            Vocabulary vocabulary = new Vocabulary();
            List<String> made = new ArrayList<>(List.of("a", "b", "c", "d"));
            for (int i = 0; i < count; i++) {
                String left = made.get(random.nextInt(made.size()));
                String right = made.get(random.nextInt(made.size()));
                if (left.length() + right.length() <= 8 && !vocabulary.ids.containsKey(left + right)) {
                    vocabulary.merge(left, right);
                    made.add(left + right);
                }
            }
            return vocabulary;
        }

        int add(String token) {
            return add(token, PieceKind.NORMAL);
        }

        int add(String token, PieceKind kind) {
            tokens.add(token);
            kinds.add(kind.number());
            ids.put(token, tokens.size() - 1);
            return tokens.size() - 1;
        }

        void merge(String left, String right) {
            merges.add(left + " " + right);
            if (!ids.containsKey(left + right)) {
                add(left + right);
            }
        }

        Vocabulary with(String merge) {
            Vocabulary more = new Vocabulary();
            for (String token : tokens.subList(more.tokens.size(), tokens.size())) {
                more.add(token);
            }
            more.merges.addAll(merges);
            more.merges.add(merge);
            return more;
        }

        int id(String token) {
            return ids.get(token);
        }

        BytePairTokenizer tokenizer(String preTokenizer) {
            int[] kindArray = kinds.stream().mapToInt(Integer::intValue).toArray();
            return BytePairTokenizer.of(
                    tokens,
                    kindArray,
                    merges,
                    preTokenizer,
                    Boundaries.of(bos, eos, true, false, List.of(new EndToken(turn, "the test"))));
        }

        int[] encodeByDefinition(String text) {
            List<String> symbols = new ArrayList<>(List.of(text.split("")));
            while (true) {
                int best = -1;
                int bestRank = Integer.MAX_VALUE;
                for (int i = 0; i + 1 < symbols.size(); i++) {
                    int rank = merges.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
                    if (rank >= 0 && rank < bestRank) {
                        best = i;
                        bestRank = rank;
                    }
                }
                if (best < 0) {
                    return symbols.stream().mapToInt(this::id).toArray();
                }
                symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
            }
        }
    }
}
