package dev.altiplano.engine.checkpoint.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.CheckedFile;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.load.Checkpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {

    @TempDir
    private Path parent;

    private Path folder;

    @BeforeEach
    void copyModel() throws Exception {
        folder = Files.createDirectory(parent.resolve("base"));
        copy("base-mp2/consolidated.00.pth", "base/consolidated.00.pth");
        copy("base-mp2/consolidated.01.pth", "base/consolidated.01.pth");
        copy("base-mp2/params.json", "base/params.json");
        copy("base-mp2/checklist.chk", "base/checklist.chk");
        copy("tokenizer.model", "tokenizer.model");
        copy("tokenizer_checklist.chk", "tokenizer_checklist.chk");
    }

    @Test
    void comparesEverySumAndTellsHowFarItIs() throws Exception {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Verification.Result result = Verification.checksums(checkpoint.files(), (doneBytes, totalBytes) -> {
                done.add(doneBytes);
                totals.add(totalBytes);
            });
            assertThat(result.md5Files()).isEqualTo(4);
            assertThat(result.crcParts()).isGreaterThan(40);
            assertThat(result.unsummed()).isEmpty();
            assertThat(result.bytes())
                    .isEqualTo(Files.size(folder.resolve("consolidated.00.pth"))
                            + Files.size(folder.resolve("consolidated.01.pth"))
                            + Files.size(folder.resolve("params.json"))
                            + Files.size(parent.resolve("tokenizer.model")));
            assertThat(done).isSorted().last().isEqualTo(result.bytes());
            assertThat(totals).containsOnly(result.bytes());
        }
    }

    @Test
    void aMismatchNamesTheFileAndBothSums() throws Exception {
        Path list = folder.resolve("checklist.chk");
        Files.writeString(
                list, Files.readString(list).replaceAll("[0-9a-f]{32}(  consolidated.01.pth)", "0".repeat(32) + "$1"));
        assertThatThrownBy(this::verify)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.resolve("consolidated.01.pth").toString())
                .hasMessageContaining("0".repeat(32))
                .hasMessageContaining("its MD5 is fb9cf27bb57bcc60e4aa2af2dac16f7a");
    }

    @Test
    void findsADamagedTokenizer() throws Exception {
        Path tokenizer = parent.resolve("tokenizer.model");
        byte[] bytes = Files.readAllBytes(tokenizer);
        bytes[1000] ^= 1;
        Files.write(tokenizer, bytes);
        assertThatThrownBy(this::verify).hasMessageContaining("tokenizer.model: is damaged");
        CheckedFile alone = Verification.tokenizerFile(tokenizer);
        assertThatThrownBy(() -> Verification.checksums(List.of(alone), Progress.NONE))
                .hasMessageContaining("tokenizer_checklist.chk states");
    }

    @Test
    void noticesThatAFileChangedItsSizeMeanwhile() throws Exception {
        Path shard = folder.resolve("consolidated.00.pth");
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            byte[] bytes = Files.readAllBytes(shard);
            List<CheckedFile> files = checkpoint.files();
            Path longer = Files.write(parent.resolve("longer"), Arrays.copyOf(bytes, bytes.length + 1));
            CheckedFile first = files.getFirst();
            CheckedFile changed =
                    new CheckedFile(longer, first.bytes(), true, first.md5(), first.checklist(), first.parts());
            assertThatThrownBy(() -> Verification.checksums(List.of(changed), Progress.NONE))
                    .hasMessageContaining("when it was opened");
        }
    }

    @Test
    void anInterruptEndsIt() {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Verification.checksums(checkpoint.files(), Progress.NONE))
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aChecklistMayHaveWindowsLineEnds() throws Exception {
        Path list = folder.resolve("checklist.chk");
        Files.writeString(list, Files.readString(list).replace("\n", "\r\n"));
        verify();
    }

    @Test
    void notesAShardThatTheChecklistForgets() throws Exception {
        Path list = folder.resolve("checklist.chk");
        Files.writeString(
                list,
                Files.readString(list).lines().skip(1).map(line -> line + "\n").reduce("", String::concat));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.notes()).containsExactly("checklist.chk does not list consolidated.00.pth");
        }
    }

    @Test
    void aTokenizerMustFitTheEmbedding() {
        try (Checkpoint meta = Checkpoints.open(folder);
                Checkpoint huggingFace = Checkpoints.open(ReferenceFiles.ROOT.resolve("hf-base"))) {
            Verification.vocabulary(meta, 512);
            Verification.vocabulary(huggingFace, 511);
            assertThatThrownBy(() -> Verification.vocabulary(meta, 511))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("tokenizer.model has 511 tokens, but the model has embeddings for 512");
            assertThatThrownBy(() -> Verification.vocabulary(huggingFace, 513)).isInstanceOf(CheckpointException.class);
        }
    }

    private void verify() {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Verification.checksums(checkpoint.files(), Progress.NONE);
        }
    }

    private void copy(String from, String to) throws Exception {
        Files.copy(ReferenceFiles.ROOT.resolve(from), parent.resolve(to));
    }
}
