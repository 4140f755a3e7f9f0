package dev.altiplano.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.ChildJvm;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.load.Checkpoints;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void settingsOfTheServiceAreNoCommands() {
        assertThat(Commands.isCommand()).isFalse();
        assertThat(Commands.isCommand("--altiplano.model.size=7B")).isFalse();
        assertThat(Commands.isCommand("--server.port=0", "verify")).isFalse();
        assertThat(Commands.isCommand("verify", "7B")).isTrue();
        assertThat(Commands.isCommand("--help")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base-mp1", "base-mp4", "gqa-mp2-vocabsplit", "hf-base", "hf-gqa", "gguf/kq-q4_k_m.gguf"})
    void verifySaysWhatAModelIs(String name) {
        assertThat(run("verify", REFERENCE.resolve(name).toString())).isZero();
        assertThat(out.toString())
                .startsWith(REFERENCE.resolve(name) + ": ok")
                .contains("parameters", "hidden ", "layers ", "context ", "SentencePiece BPE, 512 tokens", "checksums");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void verifyCountsWhatItCompared() {
        run("verify", REFERENCE.resolve("base-mp4").toString());
        assertThat(out.toString())
                .contains("Meta, 4 files of weights")
                .contains("172,352 parameters")
                .contains("hidden 64, intermediate 192, layers 2, heads 4, KV heads 4, head dim 16")
                .contains("21 F16")
                .contains("6 MD5 of files, 100 CRC-32 of parts: all match");
    }

    @ParameterizedTest
    @CsvSource({
        "malformed/checklist-wrong-md5, its MD5 is",
        "malformed/pth-crc-data, consolidated/data/5 is damaged",
        "malformed/shard-gap, lacks consolidated.01.pth",
        "malformed/tok-truncated.model, piece 201",
        "malformed/magic.gguf, is not a GGUF file",
        "malformed/params-empty, params.json",
        "nowhere, does not exist"
    })
    void verifyNamesTheFileAndTheReason(String name, String reason) {
        assertThat(run("verify", REFERENCE.resolve(name).toString())).isOne();
        assertThat(err.toString())
                .startsWith("altiplano verify: ")
                .contains(name, reason)
                .hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void verifyChecksATokenizerAlone() throws Exception {
        assertThat(run("verify", REFERENCE.resolve("tokenizer.model").toString()))
                .isZero();
        assertThat(out.toString()).contains("512 tokens", "1 MD5 of files");
        Path copy = Files.copy(REFERENCE.resolve("tokenizer.model"), folder.resolve("tokenizer.model"));
        Files.writeString(folder.resolve("tokenizer_checklist.chk"), "0".repeat(32) + "  tokenizer.model\n");
        assertThat(run("verify", copy.toString())).isOne();
        assertThat(err.toString())
                .contains(copy.toString(), "its MD5 is f4cb250b0db0bc9b562bafaa7a698869", "0".repeat(32));
    }

    @Test
    void aModelWithAnotherModelsTokenizerIsRefused() throws Exception {
        for (String file : new String[] {"consolidated.00.pth", "params.json"}) {
            Files.copy(REFERENCE.resolve("base-mp1").resolve(file), folder.resolve(file));
        }
        Files.copy(REFERENCE.resolve("malformed/tokenizer.model"), folder.resolve("tokenizer.model"));
        assertThat(run("verify", folder.toString())).isOne();
        assertThat(err.toString()).contains("tokenizer.model has 300 tokens, but the model has embeddings for 512");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-mp1",
                "base-mp2",
                "base-mp4",
                "gqa-mp1",
                "gqa-mp2",
                "gqa-mp2-vocabsplit",
                "hf-base",
                "hf-gqa"
            })
    void mergeKeepsEveryBit(String name) {
        Path merged = folder.resolve("merged.gguf");
        assertThat(run("merge", REFERENCE.resolve(name).toString(), merged.toString()))
                .isZero();
        assertThat(out.toString()).startsWith(merged + ": ").contains("21 tensors");
        String same = name.contains("gqa") ? "gguf/gqa-bf16.gguf" : "gguf/base-f16.gguf";
        try (Checkpoint expected = Checkpoints.open(REFERENCE.resolve(same));
                Checkpoint actual = Checkpoints.open(merged)) {
            // Ends say where they were named, which differs from container to container; a file that another program
            // wrote does not say
            // where its folder puts spaces.
            assertThat(actual.tokenizer())
                    .usingRecursiveComparison()
                    .ignoringFields("ends", "metaspace")
                    .isEqualTo(expected.tokenizer());
            for (Tensor tensor : expected.tensors()) {
                Tensor copy = actual.tensor(tensor.name());
                assertThat(copy.type()).isEqualTo(tensor.type());
                assertThat(bytes(copy)).as(tensor.name()).isEqualTo(bytes(tensor));
            }
        }
        assertThat(run("verify", merged.toString())).isZero();
    }

    @Test
    void mergeReplacesOnlyWhenForced() throws Exception {
        Path merged = Files.writeString(folder.resolve("merged.gguf"), "precious");
        String in = REFERENCE.resolve("base-mp2").toString();
        assertThat(run("merge", in, merged.toString())).isOne();
        assertThat(err.toString()).contains(merged.toString(), "--force");
        assertThat(merged).hasContent("precious");
        assertThat(run("merge", "--force", in, merged.toString())).isZero();
        assertThat(Files.size(merged)).isGreaterThan(300_000);
        assertThat(folder.toFile().list()).containsExactly("merged.gguf");
    }

    @Test
    void mergeWritesNothingFromADamagedModel() {
        Path merged = folder.resolve("merged.gguf");
        assertThat(run("merge", REFERENCE.resolve("malformed/pth-crc-data").toString(), merged.toString()))
                .isOne();
        assertThat(folder).isEmptyDirectory();
        assertThat(run(
                        "merge",
                        REFERENCE.resolve("base-mp1").toString(),
                        folder.resolve("no/x.gguf").toString()))
                .isOne();
        assertThat(err.toString()).contains("does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verfiy", "verify", "merge only-one", "merge a b c", "verify --nonsense x"})
    void wrongUsageIsTwo(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).containsAnyOf("Usage:", "Did you mean");
    }

    /** One line that names what is wrong, without a class of Java. */
    @ParameterizedTest
    @CsvSource({
        "probe nonsense, nonsense: the address must begin with http:// or https://",
        "probe ftp://127.0.0.1, ftp://127.0.0.1: the address must begin with http:// or https://",
        "probe --completion --timeout 99999999, --timeout = 99999999: must be 1 to 86400",
        "probe --completion --timeout 0, --timeout = 0: must be 1 to 86400",
        "probe http://127.0.0.1:1, http://127.0.0.1:1: Connection refused",
        "replay --base-url nonsense nope.jsonl, nonsense: must begin with http:// or https://",
        "replay --base-url http://127.0.0.1:1 RECORDING, http://127.0.0.1:1 cannot be reached",
        "replay --base-url http://127.0.0.1:1 nope.jsonl, nope.jsonl: there is no such file",
        "train --config nope.properties, nope.properties: there is no such file",
        "finetune MODEL nope.jsonl, nope.jsonl: there is no such file",
        "train --threads 0, --threads = 0: must be from 1 to 1024",
        "train --measure --threads 99999, --threads = 99999: must be from 1 to 1024",
        "finetune nope nope.jsonl --threads 0, --threads = 0: must be from 1 to 1024",
        "finetune nope nope.jsonl --type q8_0, '--type = Q8_0: must be F16, BF16 or F32'",
        "finetune nope nope.jsonl --lora-rank 1025, --lora-rank = 1025: must be from 0 to 1024",
        "finetune nope nope.jsonl --lora-rank -1, --lora-rank = -1: must be from 0 to 1024",
        "finetune nope nope.jsonl --lora-alpha NaN, --lora-alpha = NaN: must be a number above 0",
        "finetune nope nope.jsonl --rounds -1, '--rounds = -1.0: must be a number above 0, at most 1000000'",
        "finetune nope nope.jsonl --rounds NaN, --rounds = NaN: must be a number above 0",
        "finetune nope nope.jsonl --rate NaN, --rate = NaN: must be a number above 0",
        "finetune nope nope.jsonl --sequences 0, --sequences = 0: must be from 1 to 65536",
        "finetune MODEL nope.jsonl --out OUT --template WRONG, 'wrong.jinja cannot be compiled: line 1, column '",
        "eval MODEL --weights q9, '--weights = q9: must be one of file, f32'",
        "eval MODEL --kv-format q9, '--kv-format = q9: must be one of auto, f32, i16'",
        "eval MODEL --backend q9, '\"q9\" is not a backend: choose auto, native, vector, scalar, avx2, avx-vnni, avx512'",
        "eval MODEL --weights file --backend q9, \"q9\" is not a backend: choose auto",
        "eval --base-url nonsense --suite llama-paper --tasks boolq, nonsense: must begin with http:// or https://",
        "verify nope.gguf, nope.gguf",
        "corpus clean nope.txt out.txt, nope.txt: there is no such file",
    })
    void whatIsWrongIsALine(String line, String reason) throws Exception {
        Path recording = Files.writeString(folder.resolve("requests.jsonl"), "");
        Path wrong = Files.writeString(folder.resolve("wrong.jinja"), "{% if %}");
        assertThat(run(line.replace("MODEL", REFERENCE.resolve("base-mp1").toString())
                        .replace("RECORDING", recording.toString())
                        .replace("WRONG", wrong.toString())
                        .replace("OUT", folder.resolve("out").toString())
                        .split(" ")))
                .isOne();
        assertThat(err.toString())
                .startsWith("altiplano ")
                .contains(reason)
                .doesNotContain("Exception", "java.")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"eval", "eval --perplexity", "eval --suite llama-paper --tasks boolq", "eval --weights q8_0"})
    void evalMeasuresNoModelThatNobodyNamed(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains("Which model?");
    }

    @ParameterizedTest
    @CsvSource({
        "eval a b --perplexity --json c, '--json goes with tasks (--tasks, --suite), not with --perplexity'",
        "eval a --weights q8_0 --html c, --html goes with",
        "eval a --instruct b --kv-format f16, '--instruct goes with the grammar''s measures, not with the table of formats'",
        "eval a b, 'b: a TEXT goes with --perplexity or --divergence, not with the grammar''s measures'",
        "eval a b --suite llama-paper, b: a TEXT goes with --perplexity or --divergence",
        "eval a --divergence --perplexity, '--perplexity goes with --perplexity, not with --divergence'",
        "eval a --base-url http://b, --base-url goes with tasks on a server",
        "eval a --suite llama-paper --base-url http://b, a: no MODEL goes with tasks on a server",
        "eval a --suite llama-paper --model-name b, --model-name goes with",
        "eval --compare a b --seed 1, --seed goes with",
    })
    void evalPassesNothingOver(String line, String reason) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(reason);
    }

    @Test
    void helpNamesAllCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("verify", "merge", "help");
    }

    @Test
    void aCommandDoesWithoutSpring() throws Exception {
        ChildJvm.Ended ended = ChildJvm.run(
                folder,
                ChildJvm.command(
                        folder,
                        List.of("-Xlog:class+load", "-Xshare:auto"),
                        "dev.altiplano.Altiplano",
                        "verify",
                        REFERENCE.resolve("base-mp1").toString()));
        assertThat(ended.status()).as(ended.errors()).isZero();
        assertThat(ended.out()).contains("picocli.CommandLine ", "base-mp1: ok").doesNotContain("org.springframework.");
    }

    private int run(String... arguments) {
        return Commands.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        tensor.read(0, tensor.rows(), MemorySegment.ofArray(bytes), 0);
        return bytes;
    }
}
