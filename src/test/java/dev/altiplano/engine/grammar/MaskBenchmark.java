package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Times masks and compilations over random schemas with a large vocabulary, in the way of a server: every schema is new, a random
 * model follows it. Run its main with the test classes on the class path; prints microseconds of processor time.
 */
final class MaskBenchmark {

    private static final int VOCABULARY = 128_000;
    private static final int SCHEMAS = 1000;
    private static final int TOKENS = 100;
    private static final int NODES = 100;

    private MaskBenchmark() {}

    public static void main(String[] arguments) {
        byte[][] tokens = Vocabularies.tokens(VOCABULARY, 1);
        long start = System.nanoTime();
        TokenVocabulary vocabulary = new TokenVocabulary(tokens, 1);
        vocabulary.prepare();
        System.out.println("vocabulary " + (System.nanoTime() - start) / 1_000_000 + " ms");
        for (int round = 0; round < 3; round++) {
            for (Whitespace whitespace : Whitespace.values()) {
                run(vocabulary, round, whitespace);
            }
        }
    }

    private static void run(TokenVocabulary vocabulary, int round, Whitespace whitespace) {
        long[] masks = new long[SCHEMAS * TOKENS];
        long[] accepts = new long[SCHEMAS * TOKENS];
        long[] compilations = new long[SCHEMAS];
        int count = 0;
        Random random = new Random(round);
        for (int i = 0; i < SCHEMAS; i++) {
            String schema = schema(1_000_000_000L * round + 1000L * i);
            long start = nowNs();
            CompiledGrammar grammar =
                    CompiledGrammar.compile(new GrammarSource.JsonSchema(schema, whitespace), GrammarLimits.DEFAULT);
            compilations[i] = nowNs() - start;
            GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
            for (int j = 0; j < TOKENS && !matcher.ended(); j++) {
                long before = nowNs();
                TokenMask mask = matcher.mask();
                masks[count] = nowNs() - before;
                int token = choose(mask, random);
                before = nowNs();
                matcher.accept(token);
                accepts[count++] = nowNs() - before;
            }
        }
        print("round " + round + " " + whitespace + " mask   ", masks, count);
        print("round " + round + " " + whitespace + " accept ", accepts, count);
        print("round " + round + " " + whitespace + " compile", compilations, SCHEMAS);
    }

    /** A schema of at least a hundred nodes. */
    private static String schema(long firstSeed) {
        StringBuilder properties = new StringBuilder();
        int nodes = 0;
        for (long seed = firstSeed; nodes < NODES; seed++) {
            String part = new RandomSchemas(seed).schema(30);
            if (part.contains("$defs")) {
                continue;
            }
            properties
                    .append(properties.isEmpty() ? "" : ",")
                    .append("\"p")
                    .append(seed - firstSeed)
                    .append("\":");
            properties.append(part);
            nodes += part.split("\"type\"|\"enum\"|\"const\"", -1).length - 1;
        }
        return "{\"type\":\"object\",\"properties\":{" + properties + "},\"additionalProperties\":false}";
    }

    /** This thread's processor time, so that other load on the machine is not counted. */
    private static long nowNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Prefers to close strings, as texts of a model are short; else evenly. */
    private static int choose(TokenMask mask, Random random) {
        if (mask.allows(2 + '"') && random.nextInt(4) == 0) {
            return 2 + '"';
        }
        int from = random.nextInt(mask.vocabularySize());
        int token = mask.next(from);
        return token >= 0 ? token : mask.next(0);
    }

    private static void print(String name, long[] times, int count) {
        long[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        double mean = Arrays.stream(sorted).average().orElse(0);
        System.out.printf(
                "%s n %d mean %.1f p50 %.1f p99 %.1f p99.9 %.1f max %.1f us%n",
                name,
                count,
                mean / 1e3,
                sorted[count / 2] / 1e3,
                sorted[(int) (count * 0.99)] / 1e3,
                sorted[(int) (count * 0.999)] / 1e3,
                sorted[count - 1] / 1e3);
    }
}
