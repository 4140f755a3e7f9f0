package dev.altiplano.engine.tokenizer.bytelevel;

import dev.altiplano.engine.tokenizer.rules.GgufRule;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Encodes one MiB of each of 12 kinds of text by every pre-tokenizer, and prints the longest times in milliseconds. */
final class EncodingBenchmark {

    private static final int BYTES = 1 << 20;
    private static final int ROUNDS = 3;
    private static final int MERGES = 20_000;
    private static final Boundaries NO_BOUNDARIES = Boundaries.of(-1, -1, false, false, List.of());

    private EncodingBenchmark() {}

    public static void main(String[] arguments) {
        List<String> tokens = new ArrayList<>();
        List<String> merges = new ArrayList<>();
        vocabulary(tokens, merges, new Random(1));
        int[] kinds = new int[tokens.size()];
        Arrays.fill(kinds, PieceKind.NORMAL.number());
        Map<String, String> texts = texts();
        Map<String, Double> longest = new LinkedHashMap<>();
        int rules = 0;
        for (String rule : GgufRule.names()) {
            BytePairTokenizer tokenizer = BytePairTokenizer.of(tokens, kinds, merges, rule, NO_BOUNDARIES);
            rules++;
            texts.forEach((kind, text) -> {
                double best = Double.MAX_VALUE;
                for (int round = 0; round < ROUNDS; round++) {
                    long begin = System.nanoTime();
                    int[] ids = tokenizer.encode(text);
                    best = Math.min(best, (System.nanoTime() - begin) / 1e6);
                    if (!tokenizer.decode(ids).equals(text)) {
                        throw new IllegalStateException(rule + " changes " + kind);
                    }
                }
                longest.merge(kind, best, Math::max);
            });
        }
        System.out.println(rules + " pre-tokenizers, the slowest with each kind of text, best of " + ROUNDS + ":");
        longest.forEach((kind, ms) -> System.out.printf("%s %.0f ms%n", kind, ms));
    }

    /** All bytes, and merges of two tokens that are there already, most of them letters. */
    private static void vocabulary(List<String> tokens, List<String> merges, Random random) {
        for (int octet = 0; octet < 256; octet++) {
            tokens.add(ByteAlphabet.write(new byte[] {(byte) octet}));
        }
        Set<String> known = new HashSet<>(tokens);
        List<String> made = new ArrayList<>(List.of("abcdefghijklmnopqrstuvwxyz".split("")));
        made.addAll(tokens);
        while (merges.size() < MERGES) {
            String left = made.get(random.nextInt(made.size()));
            String right = made.get(random.nextInt(made.size()));
            if (left.length() + right.length() <= 12 && known.add(left + right)) {
                merges.add(left + " " + right);
                tokens.add(left + right);
                made.add(left + right);
            }
        }
    }

    private static String letters(Random random) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < BYTES; i++) {
            letters.append((char) ('a' + random.nextInt(26)));
        }
        return letters.toString();
    }

    private static Map<String, String> texts() {
        Random random = new Random(2);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("prose", repeated("The cat's 1234 hats, there and then: it was late, and nobody knew why.\n"));
        texts.put("code", repeated("for (int i = 0; i < n; i++) {\n    sum += a[i] * 0x1f; // next\n}\n\n"));
        texts.put("numbers", repeated("3.14159 271828 1,000,000 -42e10 2026-11-29 "));
        texts.put("one letter", repeated("a"));
        texts.put("spaces", repeated(" "));
        texts.put("line ends", repeated("\r\n\n \t\n"));
        texts.put("punctuation", repeated("?!...,;--(([[{{<<>>}}]]))"));
        texts.put("mixed case", repeated("camelCaseHTTPServerXMLParser"));
        texts.put("Chinese", repeated("\u6c34\u662f\u751f\u547d\u4e4b\u6e90\u3002"));
        texts.put("accents", repeated("e\u0301te\u0301 u\u0308ber A\u030angstro\u0308m "));
        texts.put("emoji", repeated("\ud83d\ude00\ud83d\udc69\u200d\ud83d\udcbb\ud83c\udf0d "));
        texts.put("random letters", letters(random));
        return texts;
    }

    private static String repeated(String part) {
        int bytes = part.getBytes(StandardCharsets.UTF_8).length;
        return part.repeat(BYTES / bytes);
    }
}
