package dev.altiplano.engine.tokenizer.meta;

import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.bytelevel.RankFile;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the file {@code tokenizer.model}, under which name LLaMA 1 and 2 ship SentencePiece and Llama 3 ships ranks. */
public final class Tokenizers {

    /** Some three times the largest known file. */
    private static final long LARGEST_FILE_BYTES = 16L << 20;

    private Tokenizers() {}

    /**
     * The tokenizer in {@code file}; its format is told from its content. Throws {@link TokenizerException} naming the
     * file, and the place and nature of what is wrong, if it cannot be read or used.
     */
    public static Tokenizer load(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new TokenizerException(Files.exists(file) ? "this is not a file" : "there is no such file");
            }
            long size = Files.size(file);
            if (size > LARGEST_FILE_BYTES) {
                throw new TokenizerException(
                        "the file has " + size + " bytes; a tokenizer has at most " + LARGEST_FILE_BYTES);
            }
            return parse(Files.readAllBytes(file));
        } catch (TokenizerException e) {
            throw new TokenizerException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new TokenizerException(file + ": cannot be read: " + e, e);
        }
    }

    /** Whether {@code file} begins as Llama 3's does; not where it cannot be read. */
    public static boolean hasRanks(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return RankFile.isOne(content.readNBytes(RankFile.LONGEST_LINE));
        } catch (IOException e) {
            return false;
        }
    }

    /** The tokenizer in the content of a file, as {@link #load}. */
    public static Tokenizer parse(byte[] content) {
        if (startsWith(content, "GGUF")) {
            throw TokenizerException.at(0, "this is a GGUF file, not a tokenizer; its tokenizer is inside it");
        }
        if (RankFile.isOne(content)) {
            return BytePairTokenizer.parse(content);
        }
        return SentencePieceTokenizer.parse(content);
    }

    private static boolean startsWith(byte[] content, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
        if (content.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (content[i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
