package dev.altiplano.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** What a checkpoint says of its tokenizer: a file of its own, or a vocabulary inside the model file. */
public sealed interface TokenizerData {

    /** SentencePiece's {@code tokenizer.model} (a protocol buffer), or Llama 3's file of that name (base64 tokens and ranks): told apart by content. */
    record ModelFile(Path file) implements TokenizerData {}

    /**
     * A SentencePiece vocabulary stored in a GGUF file.
     *
     * @param pieces text of each id
     * @param scores merge priority of each id
     * @param kinds SentencePiece's piece types: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Pieces(
            List<String> pieces,
            float[] scores,
            int[] kinds,
            int bos,
            int eos,
            int unknown,
            boolean addsBos,
            boolean addsDummyPrefix)
            implements TokenizerData {}

    /**
     * A byte-level BPE vocabulary (GPT-2's alphabet), from GGUF or from {@code tokenizer.json}.
     *
     * @param tokens text of each id in GPT-2's byte alphabet (control tokens as they are)
     * @param kinds as in {@link Pieces}
     * @param merges pairs joined by one space, best first
     * @param preTokenizer name of the splitting rule as GGUF writes it ({@code llama-bpe}, {@code gpt-2}, …)
     * @param ends ids that end generation besides {@code eos}
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Merges(
            List<String> tokens,
            int[] kinds,
            List<String> merges,
            String preTokenizer,
            int bos,
            int eos,
            int[] ends,
            boolean addsBos)
            implements TokenizerData {}
}
