package dev.altiplano.evaluation.model;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What tells a loaded model from others: its files by place, length and time, and all that changes what it computes. */
final class ModelIdentity {

    private ModelIdentity() {}

    static String of(EngineOptions options, ModelCard card) {
        StringBuilder text = new StringBuilder();
        Path path = options.model().path().toAbsolutePath().normalize();
        try {
            for (Path file : files(path)) {
                text.append(file)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file).toMillis())
                        .append('\n');
            }
        } catch (IOException e) {
            throw new EvaluationException(path + " cannot be looked at: " + e.getMessage(), e);
        }
        text.append("weights ").append(card.weightFormats().keySet());
        text.append(", KV cache ").append(options.kv().format());
        text.append(", adapters ").append(options.model().adapters());
        text.append(", context ").append(card.contextLength());
        text.append(", one rule ").append(card.oneRule());
        // Threads change no bit.
        text.append(", backend ").append(card.backend().replaceFirst(", \\d+ threads$", ""));
        return text.toString();
    }

    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
