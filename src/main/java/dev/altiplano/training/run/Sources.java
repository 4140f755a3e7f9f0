package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;
import dev.altiplano.training.text.Cleaner;
import dev.altiplano.training.text.TextFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens the sources that a configuration names. */
final class Sources {

    /** Before the name of a kind in {@code source.<name>.from}. */
    static final String GRAMMAR = "grammar:";

    private Sources() {}

    static List<Mixture.Part> open(RunConfig config) {
        ArrayList<Mixture.Part> parts = new ArrayList<>();
        for (RunConfig.SourceConfig source : config.sources()) {
            parts.add(
                    new Mixture.Part(source.name(), open(source, config.recipe().seed()), source.share()));
        }
        return parts;
    }

    /** The files that a configuration's sources are read from. */
    static List<Path> files(RunConfig config) {
        return config.sources().stream()
                .map(RunConfig.SourceConfig::from)
                .filter(from -> !from.startsWith(GRAMMAR))
                .map(Path::of)
                .toList();
    }

    private static Source open(RunConfig.SourceConfig source, long seed) {
        if (source.from().startsWith(GRAMMAR)) {
            return new Source.Generated(RunConfig.kind(source.from().substring(GRAMMAR.length())), seed);
        }
        if (source.from().isEmpty()) {
            throw new TrainingException("source." + source.name() + ".from is missing: grammar:<kind> or a text file");
        }
        List<String> documents = TextFile.documents(Path.of(source.from()));
        if (!source.clean().isEmpty()) {
            Cleaner cleaner = Cleaner.of(source.clean(), Cleaner.builtInReference(), source.threshold());
            documents = cleaner.clean(documents);
            if (documents.isEmpty()) {
                throw new TrainingException(source.from() + ": nothing is left of it: " + cleaner.report());
            }
        }
        return new Source.Given(documents, seed);
    }
}
