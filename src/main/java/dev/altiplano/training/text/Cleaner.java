package dev.altiplano.training.text;

import dev.altiplano.training.TrainingException;
import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The LLaMA paper's cleaning at small scale: lines that occurred before are dropped, then documents whose letters are not those
 * of the reference's language, then documents that are unlike the reference. Remembers the lines it has seen; one thread.
 */
public final class Cleaner {

    private static final Set<String> STEPS = Set.of("duplicates", "language", "quality");

    private final List<String> steps;
    private final double threshold;
    private final NgramModel language;
    private final NgramModel quality;
    private final double languageBits;
    private final double qualityBits;
    private final HashSet<Long> seen = new HashSet<>();
    private int documents;
    private int repeatedLines;
    private int foreign;
    private int poor;

    private Cleaner(List<String> steps, List<String> reference, double threshold) {
        this.steps = List.copyOf(steps);
        this.threshold = threshold;
        // Two parts, because a model knows the text it was learned from too well to measure by it.
        List<String> learned = reference.size() > 1 ? reference.subList(0, (reference.size() + 1) / 2) : reference;
        List<String> measured = reference.size() > 1 ? reference.subList(learned.size(), reference.size()) : reference;
        language = NgramModel.learn(learned, 2);
        quality = NgramModel.learn(learned, 4);
        languageBits = mean(language, measured);
        qualityBits = mean(quality, measured);
    }

    private static double mean(NgramModel model, List<String> texts) {
        return texts.stream().mapToDouble(model::bitsPerCharacter).average().orElse(0);
    }

    /**
     * A cleaner.
     *
     * @param steps of {@code duplicates}, {@code language} and {@code quality}, in the order in which they are done
     * @param reference documents of the wanted language and quality
     * @param threshold bits per character above the reference's own at which a document is dropped
     */
    public static Cleaner of(List<String> steps, List<String> reference, double threshold) {
        for (String step : steps) {
            if (!STEPS.contains(step)) {
                throw new TrainingException(
                        "unknown step of cleaning " + step + ": there are duplicates, language and quality");
            }
        }
        return new Cleaner(steps, reference, threshold);
    }

    /** Stories of the grammar: simple English. */
    public static List<String> builtInReference() {
        ArrayList<String> stories = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            stories.add(Grammar.document(DocumentKind.STORIES, 0, i).text());
        }
        return stories;
    }

    /** What is left of {@code texts}, in their order. */
    public List<String> clean(List<String> texts) {
        ArrayList<String> kept = new ArrayList<>();
        for (String text : texts) {
            documents++;
            String rest = clean(text);
            if (!rest.isEmpty()) {
                kept.add(rest);
            }
        }
        return kept;
    }

    private String clean(String text) {
        String rest = text;
        for (String step : steps) {
            switch (step) {
                case "duplicates" -> rest = withoutRepeatedLines(rest);
                case "language" -> {
                    if (language.bitsPerCharacter(rest) > languageBits + threshold) {
                        foreign++;
                        rest = "";
                    }
                }
                default -> {
                    if (quality.bitsPerCharacter(rest) > qualityBits + threshold) {
                        poor++;
                        rest = "";
                    }
                }
            }
            if (rest.isEmpty()) {
                return rest;
            }
        }
        return rest;
    }

    private String withoutRepeatedLines(String text) {
        StringBuilder kept = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            if (line.isBlank() || seen.add(hash(line))) {
                kept.append(kept.isEmpty() ? "" : "\n").append(line);
            } else {
                repeatedLines++;
            }
        }
        return kept.toString().strip();
    }

    /** A line regardless of case, digits and spaces, as 64 bits (FNV-1a). */
    private static long hash(String line) {
        String plain =
                line.strip().toLowerCase(Locale.ROOT).replaceAll("[0-9]", "0").replaceAll("\\s+", " ");
        long hash = 0xcbf29ce484222325L;
        for (byte b : plain.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** What was dropped, for people. */
    public String report() {
        return documents + " documents: " + repeatedLines + " repeated lines dropped, " + foreign
                + " documents in another language, " + poor + " unlike the reference";
    }
}
