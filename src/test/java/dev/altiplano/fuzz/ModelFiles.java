package dev.altiplano.fuzz;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A place for the files of a target, and what is done with a model in it. */
final class ModelFiles {

    static final String TEXT = "Some words, 12 of them <s> \u00e9\u20ac\ud83d\ude00\n\u0000 and <|eot_id|>";

    private final Path folder;

    /** @param copied files of {@code reference} that lie in the folder */
    ModelFiles(String... copied) {
        try {
            folder = Files.createTempDirectory("altiplano-fuzz");
            folder.toFile().deleteOnExit();
            for (String name : copied) {
                Path file = ReferenceFiles.ROOT.resolve(name);
                write(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    void write(String name, byte[] bytes) {
        try {
            Files.write(path(name), bytes);
            path(name).toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder as a model: all of it is read, or it is refused. */
    void open() {
        open(folder);
    }

    /** The same with {@code path} alone. */
    static void open(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            for (Tensor tensor : checkpoint.tensors()) {
                byte[] ignored = ReferenceFiles.bytes(tensor);
            }
            Verification.checksums(checkpoint.files(), Progress.NONE);
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            String ignored = tokenizer.decode(tokenizer.encodeParsed(TEXT));
        } catch (CheckpointException | TokenizerException e) {
            Refusal.checkLine(e);
        }
    }
}
