package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrammarMatcherTest {

    private static final int END = 1;
    private static final byte[][] TOKENS = Vocabularies.tokens(800, 3);
    private static final TokenVocabulary VOCABULARY = new TokenVocabulary(TOKENS, END);

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":2,\"maxLength\":9},"
                    + "\"n\":{\"type\":\"integer\",\"minimum\":-5,\"maximum\":120},\"k\":{\"enum\":[\"a\",\"ab\"]}},"
                    + "\"required\":[\"name\",\"n\"],\"additionalProperties\":{\"type\":\"boolean\"}}";

    /** The mask, which is put together from parts, against the definition: a token is allowed when its bytes can be read. */
    @Test
    void maskSaysWhatAcceptSays() {
        List<GrammarSource> sources = List.of(
                new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT),
                new GrammarSource.JsonSchema(SCHEMA, Whitespace.FLEXIBLE),
                new GrammarSource.JsonObject(Whitespace.FLEXIBLE),
                new GrammarSource.Regex("([a-z]{2,5} ?)+(日|\\d{2})*"),
                new GrammarSource.Gbnf("root ::= \"[\" (item (\", \" item)*)? \"]\"\nitem ::= [^\\[\\]]{1,30} | root"),
                new GrammarSource.Choice(List.of("yes", "yesterday", "no", "", "日本")));
        Random random = new Random(5);
        for (GrammarSource source : sources) {
            CompiledGrammar grammar = CompiledGrammar.compile(source, GrammarLimits.DEFAULT);
            for (int run = 0; run < 6; run++) {
                GrammarMatcher matcher = new GrammarMatcher(grammar, VOCABULARY);
                for (int i = 0; i < 40 && !matcher.ended(); i++) {
                    TokenMask mask = matcher.mask();
                    for (int token = 0; token < TOKENS.length; token++) {
                        assertThat(mask.allows(token))
                                .as("%s, token %d", source, token)
                                .isEqualTo(matcher.allows(token));
                    }
                    int skip = random.nextInt(mask.count());
                    int token = mask.next(0);
                    while (skip-- > 0) {
                        token = mask.next(token + 1);
                    }
                    assertThat(matcher.accept(token)).isTrue();
                }
            }
        }
    }

    @Test
    void takesTokensBack() {
        GrammarMatcher matcher = matcher(new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT));
        accept(matcher, "{\"name\":\"ab");
        TokenMask before = matcher.mask();
        int length = matcher.length();
        accept(matcher, "c\",\"n\":12}");
        assertThat(matcher.isAccepting()).isTrue();
        assertThat(matcher.mustEnd()).isTrue();
        assertThat(matcher.accept(END)).isTrue();
        assertThat(matcher.ended()).isTrue();
        assertThat(matcher.accept(END)).isFalse();
        matcher.rollBack(matcher.length() - length);
        assertThat(matcher.ended()).isFalse();
        for (int token = 0; token < TOKENS.length; token++) {
            assertThat(matcher.mask().allows(token)).isEqualTo(before.allows(token));
        }
        assertThatThrownBy(() -> matcher.rollBack(1000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesATokenWithoutChange() {
        GrammarMatcher matcher = matcher(new GrammarSource.Choice(List.of("yes", "no")));
        assertThat(matcher.accept(2 + 'x')).isFalse();
        assertThat(matcher.accept(0)).isFalse();
        assertThat(matcher.accept(END)).isFalse();
        assertThat(matcher.accept(-1)).isFalse();
        assertThat(matcher.accept(1_000_000)).isFalse();
        accept(matcher, "yes");
        assertThat(matcher.mustEnd()).isTrue();
    }

    @Test
    void knowsWhatIsForced() {
        GrammarMatcher matcher = matcher(new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT));
        assertThat(text(matcher.forcedBytes())).isEqualTo("{\"name\":\"");
        accept(matcher, "{\"name\":\"abcdefghi");
        assertThat(text(matcher.forcedBytes())).isEqualTo("\",\"n\":");
        accept(matcher, "\",\"n\":1");
        assertThat(matcher.forcedBytes()).isEmpty();
    }

    /** Tokens that are forced spell forced text, and leave out the last where text is free behind it. */
    @Test
    void spellsWhatIsForced() {
        GrammarMatcher matcher = matcher(new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT));
        int[] tokens = new int[20];
        int all = matcher.forcedTokens(tokens, 3, 17);
        assertThat(all).isPositive();
        StringBuilder spelt = new StringBuilder();
        for (int i = 3; i < 3 + all; i++) {
            spelt.append(text(TOKENS[tokens[i]]));
        }
        assertThat("{\"name\":\"").startsWith(spelt).isNotEqualTo(spelt.toString());
        assertThat(matcher.forcedTokens(tokens, 0, 1)).isEqualTo(1);
        for (int i = 3; i < 3 + all; i++) {
            assertThat(matcher.accept(tokens[i])).isTrue();
        }
        accept(matcher, "{\"name\":\"abcde".substring(spelt.length()));
        assertThat(matcher.forcedTokens(tokens, 0, 20)).isZero();
    }

    @Test
    void saysWhenNoTokenFits() {
        TokenVocabulary few = new TokenVocabulary(new byte[][] {{'a'}, null}, 1);
        assertThat(few.hasAllBytes()).isFalse();
        assertThat(VOCABULARY.hasAllBytes()).isTrue();
        CompiledGrammar grammar = CompiledGrammar.compile(new GrammarSource.Regex("ab"), GrammarLimits.DEFAULT);
        GrammarMatcher matcher = new GrammarMatcher(grammar, few);
        assertThat(matcher.accept(0)).isTrue();
        assertThat(matcher.isStuck()).isTrue();
    }

    @Test
    void masksARow() {
        GrammarMatcher matcher = matcher(new GrammarSource.Choice(List.of("yes", "no")));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment logits = arena.allocate(4L * TOKENS.length + 8);
            matcher.mask().applyTo(logits, 4);
            for (int token = 0; token < TOKENS.length; token++) {
                float expected = matcher.allows(token) ? 0 : Float.NEGATIVE_INFINITY;
                assertThat(logits.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 + 4L * token))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void nestsDeeplyWithoutRecursion() {
        GrammarMatcher matcher = matcher(new GrammarSource.JsonObject(Whitespace.COMPACT));
        for (int i = 0; i < 10_000; i++) {
            accept(matcher, "{\"a\":");
        }
        assertThat(matcher.mask().allows(2 + '"')).isTrue();
        accept(matcher, "1");
        for (int i = 0; i < 10_000; i++) {
            accept(matcher, "}");
        }
        assertThat(matcher.mustEnd()).isTrue();
    }

    /** More ways than can be followed are an error that says so, before a token is chosen that could not be accepted. */
    @Test
    void refusesTooManyWays() {
        String empty =
                rules(14, i -> "r%d ::= r%d? r%d?".formatted(i, i + 1, i + 1)) + "r14 ::= \"a\" r0 \"b\" | \"c\"\n";
        assertThatThrownBy(() -> matcher(new GrammarSource.Gbnf("root ::= r0\n" + empty)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("too ambiguous");
        String alike = "root ::= " + names("r") + "\n" + "s ::= " + names("t") + "\n"
                + rules(100, i -> "r%d ::= \"i\" s \"=%d%s\"".formatted(i, i, i == 99 ? "h" : ""))
                + rules(100, i -> "t%d ::= \"t\" t%d \"q%d\" | \"t\"".formatted(i, i, i));
        for (String grammar : List.of("root ::= \"x\" r0\n" + empty, alike)) {
            GrammarMatcher matcher = matcher(new GrammarSource.Gbnf(grammar));
            assertThatThrownBy(() -> {
                        while (!matcher.ended()) {
                            assertThat(matcher.accept(matcher.mask().next(0))).isTrue();
                        }
                    })
                    .isInstanceOf(AmbiguousGrammarException.class);
        }
    }

    /** What one mask may take does not depend on what others have found out before. */
    @Test
    void refusesTooManyWideAlternatives() {
        String grammar = "root ::= " + names("r") + "\n"
                + rules(100, i -> "r%d ::= \"(\" r%d \")\" | [^%c]+ \"%c\"".formatted(i, i, 0x4e00 + i, 0x4e00 + i));
        TokenVocabulary large = Vocabularies.of(60_000, 1);
        for (int i = 0; i < 3; i++) {
            GrammarMatcher matcher = new GrammarMatcher(
                    CompiledGrammar.compile(new GrammarSource.Gbnf(grammar), GrammarLimits.DEFAULT), large);
            assertThatThrownBy(matcher::mask).isInstanceOf(AmbiguousGrammarException.class);
        }
        assertThat(matcher(new GrammarSource.Gbnf(grammar)).mask().count()).isGreaterThan(TOKENS.length / 2);
    }

    /** Many optional properties are many ways, and are followed. */
    @Test
    void followsLargeObjects() {
        String fields = IntStream.range(0, 3000)
                .mapToObj(i -> "\"f%d\":{\"type\":\"integer\"}".formatted(i))
                .collect(Collectors.joining(","));
        GrammarMatcher matcher = matcher(new GrammarSource.JsonSchema(
                "{\"type\":\"object\",\"properties\":{" + fields + "}}", Whitespace.FLEXIBLE));
        for (char c : "{ \"f17\": 12, \"f2999\": 3}".toCharArray()) {
            assertThat(matcher.mask().allows(2 + c)).isTrue();
            assertThat(matcher.accept(2 + c)).isTrue();
        }
        assertThat(matcher.isAccepting()).isTrue();
    }

    private static String names(String letter) {
        return IntStream.range(0, 100).mapToObj(i -> letter + i).collect(Collectors.joining(" | "));
    }

    private static String rules(int count, IntFunction<String> rule) {
        return IntStream.range(0, count).mapToObj(rule).collect(Collectors.joining("\n", "", "\n"));
    }

    /** However large what follows is, a sequence keeps little of it, and of the states behind it. */
    @Test
    void keepsABoundedPartOfWhatFollows() {
        Follows follows = new Follows();
        String fields = rules(500, i -> "f%d ::= \"(\" f%d \")\" | \"%d\"".formatted(i, i, i));
        String optional = IntStream.range(0, 500).mapToObj(i -> "f" + i + "?").collect(Collectors.joining(" "));
        CompiledGrammar grammar = CompiledGrammar.compile(
                new GrammarSource.Gbnf("root ::= \"[\" root \"]\" " + optional + " | \"x\"\n" + fields),
                GrammarLimits.DEFAULT);
        MatchState state = grammar.start();
        for (byte value : ("[".repeat(200) + "x" + "]".repeat(200)).getBytes(StandardCharsets.UTF_8)) {
            follows.begin();
            state = state.step(value, follows);
            assertThat(state.impossible()).isFalse();
            assertThat(follows.keptPlaces()).isLessThanOrEqualTo(8192);
        }
    }

    /** What a vocabulary keeps weighs as much as the automata that it keeps alive. */
    @Test
    void weighsTheAutomataThatItKeeps() {
        TokenVocabulary vocabulary = Vocabularies.of(800, 3);
        long bytes = 0;
        for (int i = 0; i < 20; i++) {
            CompiledGrammar grammar = CompiledGrammar.compile(
                    new GrammarSource.Regex("q" + i + "[acegi]{0,2900}"), GrammarLimits.DEFAULT);
            GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
            assertThat(matcher.mask().count()).isPositive();
            accept(matcher, "q");
            assertThat(matcher.mask().count()).isPositive();
            assertThat(grammar.bytes()).isGreaterThan(2900 * 5 * 6);
            bytes += grammar.bytes();
        }
        // Once with masks, once with what the masks are made of; the same automaton is not counted for each of its
        // states.
        assertThat(vocabulary.cachedBytes()).isBetween(2 * bytes, 3 * bytes);
    }

    @Test
    void whatEntriesShareIsWeighedOnce() {
        BoundedCache<Integer, String> cache = new BoundedCache<>(1000);
        for (int i = 0; i < 100; i++) {
            Object automaton = new Object();
            cache.put(2 * i, "a", 10, new BoundedCache.Held(automaton, 180));
            cache.put(2 * i + 1, "b", 10, new BoundedCache.Held(automaton, 180));
            assertThat(cache.weight()).isLessThanOrEqualTo(1000);
        }
        assertThat(cache.size()).isEqualTo(10);
        assertThat(cache.weight()).isEqualTo(1000);
        cache.put(1, "too heavy", 900, new BoundedCache.Held(new Object(), 200));
        assertThat(cache.get(1)).isNull();
        cache.put(199, "alone", 10);
        assertThat(cache.weight()).isEqualTo(1000);
        assertThat(cache.size()).isEqualTo(10);
    }

    @Test
    void sharesEqualGrammars() {
        GrammarCache cache = new GrammarCache(GrammarLimits.DEFAULT, 20_000);
        GrammarSource source = new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT);
        assertThat(cache.get(source)).isSameAs(cache.get(new GrammarSource.JsonSchema(SCHEMA, Whitespace.COMPACT)));
        for (int i = 0; i < 100; i++) {
            cache.get(new GrammarSource.Regex("a{" + i + "}"));
        }
        assertThat(cache.size()).isLessThan(20);
    }

    private static GrammarMatcher matcher(GrammarSource source) {
        return new GrammarMatcher(CompiledGrammar.compile(source, GrammarLimits.DEFAULT), VOCABULARY);
    }

    private static void accept(GrammarMatcher matcher, String text) {
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            assertThat(matcher.accept(2 + (value & 0xFF))).as(text).isTrue();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
