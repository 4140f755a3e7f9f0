package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.statistic.Aggregation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is measured. Names are lm-evaluation-harness' but where it has none. */
public enum Metric {
    /** The most likely choice is right; of one continuation, that it is what the model would have written. */
    ACC(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE, OutputType.LOGLIKELIHOOD),
    /** The same with log-likelihoods divided by the characters of the choice. */
    ACC_NORM(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    /** The same with log-likelihoods divided by the bytes of the choice. */
    ACC_BYTES(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    /** The same with log-likelihoods divided by the tokens of the choice; ours. */
    ACC_NORM_TOKENS(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    /** The same with log-likelihoods less those without a context. */
    ACC_MUTUAL_INFO(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    /** The same with log-likelihoods less those after "Answer:" alone (Touvron et al. 2023, section 3; Brown et al. 2020); ours. */
    ACC_NORM_ANSWER(Aggregation.MEAN, true, OutputType.MULTIPLE_CHOICE),
    /** The answer is the expected one; of choices, that the model would have written the right one. */
    EXACT_MATCH(Aggregation.MEAN, true, OutputType.GENERATE_UNTIL, OutputType.MULTIPLE_CHOICE),
    F1(Aggregation.F1, true, OutputType.MULTIPLE_CHOICE),
    MCC(Aggregation.MATTHEWS_CORRCOEF, true, OutputType.MULTIPLE_CHOICE),
    /** Squared errors of the probabilities of the choices, which are one together. */
    BRIER_SCORE(Aggregation.BRIER_SCORE, false, OutputType.MULTIPLE_CHOICE),
    /** How toxic the answer is, from 0 to 1, by the scorer that the run has; ours. */
    TOXICITY(Aggregation.MEAN, false, OutputType.GENERATE_UNTIL),
    /** Of a continuation, by documents. */
    PERPLEXITY(Aggregation.PERPLEXITY, false, OutputType.LOGLIKELIHOOD),
    WORD_PERPLEXITY(Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
    BYTE_PERPLEXITY(Aggregation.WEIGHTED_PERPLEXITY, false, OutputType.LOGLIKELIHOOD_ROLLING),
    BITS_PER_BYTE(Aggregation.BITS_PER_BYTE, false, OutputType.LOGLIKELIHOOD_ROLLING);

    private final Aggregation aggregation;
    private final boolean higherIsBetter;
    private final Set<OutputType> outputs;

    Metric(Aggregation aggregation, boolean higherIsBetter, OutputType... outputs) {
        this.aggregation = aggregation;
        this.higherIsBetter = higherIsBetter;
        this.outputs = Set.of(outputs);
    }

    /** The name in task files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Aggregation aggregation() {
        return aggregation;
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    public static Optional<Metric> named(String label) {
        return Arrays.stream(values())
                .filter(metric -> metric.label().equals(label))
                .findFirst();
    }

    /** Those that a task of this kind can ask for. */
    public static List<Metric> of(OutputType output) {
        return Arrays.stream(values())
                .filter(metric -> metric.outputs.contains(output))
                .toList();
    }

    /** Those that a task of this kind gets which asks for none. */
    public static List<Metric> standard(OutputType output) {
        return switch (output) {
            case LOGLIKELIHOOD -> List.of(PERPLEXITY, ACC);
            case LOGLIKELIHOOD_ROLLING -> List.of(WORD_PERPLEXITY, BYTE_PERPLEXITY, BITS_PER_BYTE);
            case MULTIPLE_CHOICE -> List.of(ACC, ACC_NORM);
            case GENERATE_UNTIL -> List.of(EXACT_MATCH);
        };
    }
}
