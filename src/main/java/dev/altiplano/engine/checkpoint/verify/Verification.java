package dev.altiplano.engine.checkpoint.verify;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.CheckpointFormat;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The checks of a checkpoint that go beyond opening it: the tokenizer against the weights, and every byte against the
 * checksums that come with the files (MD5 from Meta's checklists, CRC-32 inside torch's archives).
 */
public final class Verification {

    /**
     * What was compared.
     *
     * @param md5Files files whose MD5 a checklist states
     * @param crcParts parts of files whose CRC-32 their archive states
     * @param unsummed files for which no sum is known
     */
    public record Result(long bytes, int md5Files, int crcParts, List<Path> unsummed) {}

    private Verification() {}

    /**
     * Checks that the tokenizer has as many tokens as the model has embeddings. Hugging Face's folders may have more
     * embeddings, which then pad the vocabulary.
     */
    public static void vocabulary(Checkpoint checkpoint, int tokenizerSize) {
        int embeddings = checkpoint.hyperparameters().vocabularySize();
        boolean padded = checkpoint.format() == CheckpointFormat.HUGGING_FACE && embeddings > tokenizerSize;
        if (embeddings != tokenizerSize && !padded) {
            String tokenizer = checkpoint.tokenizer() instanceof TokenizerData.ModelFile model
                    ? model.file().toString()
                    : "the tokenizer inside the file";
            throw new CheckpointException(
                    checkpoint.path(),
                    tokenizer + " has " + tokenizerSize + " tokens, but the model has embeddings for " + embeddings
                            + ": they do not belong together");
        }
    }

    /** What is known of a {@code tokenizer.model}: its size, and its MD5 where {@code tokenizer_checklist.chk} is beside it. */
    public static CheckedFile tokenizerFile(Path tokenizer) {
        return CheckedFiles.tokenizer(tokenizer);
    }

    /**
     * Reads the files and compares all sums that are known, several files at once. The first mismatch ends it with a
     * {@link CheckpointException} that names the file and both sums; an interrupt ends it with one that says so.
     */
    public static Result checksums(List<CheckedFile> files, Progress progress) {
        List<CheckedFile> summed = new ArrayList<>();
        List<Path> unsummed = new ArrayList<>();
        for (CheckedFile file : files) {
            if (file.md5() != null || !file.parts().isEmpty()) {
                summed.add(file);
            } else {
                unsummed.add(file.file());
            }
        }
        long bytes = summed.stream().mapToLong(CheckedFile::bytes).sum();
        ChecksumReader reader = new ChecksumReader(bytes, progress);
        int threads = Math.clamp(summed.size(), 1, Runtime.getRuntime().availableProcessors());
        ExecutorService pool = Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().daemon().name("altiplano-verify-", 0).factory());
        try {
            List<Future<?>> pending = new ArrayList<>();
            for (CheckedFile file : summed) {
                pending.add(pool.submit(() -> reader.check(file)));
            }
            for (Future<?> one : pending) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CheckpointException mismatch
                    ? mismatch
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckpointException(files.getFirst().file(), "its verification was interrupted", e);
        } finally {
            reader.stop();
            pool.shutdownNow();
            awaitEnd(pool);
        }
        int md5Files = (int) summed.stream().filter(file -> file.md5() != null).count();
        int crcParts = summed.stream().mapToInt(file -> file.parts().size()).sum();
        return new Result(bytes, md5Files, crcParts, List.copyOf(unsummed));
    }

    private static void awaitEnd(ExecutorService pool) {
        try {
            pool.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
