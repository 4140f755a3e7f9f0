package dev.altiplano.training.run;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.corpus.DocumentKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a pre-training run depends on. The committed one, {@code training/demo.properties}, makes the embedded model
 * and documents each setting.
 */
public final class RunConfig {

    /**
     * A row of the table of sources.
     *
     * @param from {@code grammar:<kind>} or a text file
     * @param clean names of the steps of cleaning, in order
     */
    public record SourceConfig(String name, double share, String from, List<String> clean, double threshold) {}

    private final Settings settings;
    private final int hidden;
    private final int layers;
    private final int heads;
    private final int kvHeads;
    private final int multipleOf;
    private final float epsilon;
    private final double ropeTheta;
    private final int context;
    private final int vocabulary;
    private final int vocabularyDocuments;
    private final String tokenizerFile;
    private final String initialModel;
    private final Recipe recipe;
    private final int saveSteps;
    private final TensorType exportType;
    private final double pue;
    private final double carbonFactor;
    private final List<SourceConfig> sources;

    private RunConfig(Settings settings) {
        this.settings = settings;
        hidden = settings.integer("model.dim", 192, 16, 8192);
        layers = settings.integer("model.layers", 4, 1, 128);
        heads = settings.integer("model.heads", 6, 1, 256);
        kvHeads = settings.integer("model.kv-heads", heads, 1, heads);
        multipleOf = settings.integer("model.multiple-of", 32, 16, 65536);
        epsilon = (float) settings.number("model.norm-epsilon", 1e-6, 1e-12, 0.1);
        ropeTheta = settings.number("model.rope-theta", 10000, 1, 1e9);
        context = settings.integer("model.context", 512, 16, 65536);
        vocabulary = settings.integer("tokenizer.vocabulary", 1024, 272, 1 << 18);
        vocabularyDocuments = settings.integer("tokenizer.documents", 20000, 1, Integer.MAX_VALUE);
        tokenizerFile = settings.text("tokenizer.file", "");
        initialModel = settings.text("model.initial", "");
        if (hidden % heads != 0) {
            throw new TrainingException(
                    settings.name() + ": model.heads = " + heads + ": must divide model.dim = " + hidden);
        }
        recipe = new Recipe(
                settings.integer("train.steps", 1000, 1, Integer.MAX_VALUE),
                settings.integer("train.sequences", 16, 1, 65536),
                settings.integer("train.micro-sequences", 2, 1, 65536),
                settings.integer("train.context", context, 16, context),
                settings.number("train.rate", 1e-3, 1e-9, 10),
                settings.integer("train.warmup-steps", 100, 0, Integer.MAX_VALUE),
                settings.number("train.final-rate", 0.1, 0, 1),
                settings.number("train.beta1", 0.9, 0, 0.9999),
                settings.number("train.beta2", 0.95, 0, 0.99999),
                settings.number("train.weight-decay", 0.1, 0, 10),
                settings.number("train.clip", 1.0, 1e-6, 1e6),
                settings.integer("train.seed", 1, 0, Integer.MAX_VALUE));
        saveSteps = settings.integer("train.save-steps", 200, 1, Integer.MAX_VALUE);
        pue = settings.number("energy.pue", 1.1, 1, 10);
        carbonFactor = settings.number("energy.carbon-factor", 0.385, 0, 10);
        exportType = type(settings.text("export.type", "F16"));
        ArrayList<SourceConfig> table = new ArrayList<>();
        for (String name : settings.names("source.")) {
            String key = "source." + name + ".";
            table.add(new SourceConfig(
                    name,
                    settings.number(key + "share", 1, 0, 1e9),
                    settings.text(key + "from", ""),
                    settings.words(key + "clean"),
                    settings.number(key + "threshold", 1.0, 0, 100)));
        }
        sources = List.copyOf(table);
        settings.checkAllUsed();
    }

    private TensorType type(String name) {
        return switch (name) {
            case "F16" -> TensorType.F16;
            case "BF16" -> TensorType.BF16;
            case "F32" -> TensorType.F32;
            default ->
                throw new TrainingException(settings.name() + ": export.type = " + name + ": must be F16, BF16 or F32");
        };
    }

    public static RunConfig read(Path file) {
        return new RunConfig(Settings.read(file));
    }

    /** The configuration of the embedded model. */
    public static RunConfig demo() {
        try (InputStream in = RunConfig.class.getResourceAsStream("/training/demo.properties")) {
            if (in == null) {
                throw new IllegalStateException("training/demo.properties is missing from the program");
            }
            return new RunConfig(
                    Settings.of("training/demo.properties", new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The model's shape for a vocabulary. */
    public Hyperparameters shape(int vocabularySize) {
        int size = 8 * hidden / 3;
        int intermediate = (size + multipleOf - 1) / multipleOf * multipleOf;
        return new Hyperparameters(
                hidden,
                intermediate,
                layers,
                heads,
                kvHeads,
                hidden / heads,
                vocabularySize,
                context,
                epsilon,
                ropeTheta);
    }

    public int multipleOf() {
        return multipleOf;
    }

    /** Size of the vocabulary to be learned. */
    public int vocabulary() {
        return vocabulary;
    }

    /** How many documents of each source the vocabulary is learned from. */
    public int vocabularyDocuments() {
        return vocabularyDocuments;
    }

    /** A given {@code tokenizer.model}; empty where one is to be learned. */
    public String tokenizerFile() {
        return tokenizerFile;
    }

    /** A model whose weights and tokenizer the run begins with; empty where it begins with drawn weights. */
    public String initialModel() {
        return initialModel;
    }

    public Recipe recipe() {
        return recipe;
    }

    /** Steps between checkpoints. */
    public int saveSteps() {
        return saveSteps;
    }

    /** Power usage effectiveness of the data centre. */
    public double pue() {
        return pue;
    }

    /** Kilograms of CO₂ equivalent for a kWh. */
    public double carbonFactor() {
        return carbonFactor;
    }

    public TensorType exportType() {
        return exportType;
    }

    public List<SourceConfig> sources() {
        return sources;
    }

    /** The shares of the sources that the grammar writes. */
    public Map<DocumentKind, Double> grammarShares() {
        Map<DocumentKind, Double> shares = new EnumMap<>(DocumentKind.class);
        for (SourceConfig source : sources) {
            if (source.from().startsWith(Sources.GRAMMAR)) {
                shares.merge(kind(source.from().substring(Sources.GRAMMAR.length())), source.share(), Double::sum);
            }
        }
        return shares;
    }

    /** All settings as they were given: a run goes on only under the same. */
    public Map<String, String> settings() {
        return settings.all();
    }

    /** The kind of document that a source is generated as, by its name after {@code grammar:}. */
    static DocumentKind kind(String name) {
        for (DocumentKind kind : DocumentKind.values()) {
            if (kind.label().equals(name)) {
                return kind;
            }
        }
        throw new TrainingException("grammar:" + name + ": the grammar writes stories, questions, arithmetic, lists,"
                + " dialogues and instructions");
    }
}
