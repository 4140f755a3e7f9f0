package dev.altiplano.engine.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a checkpoint says of its tokenizer: a file of its own, or a vocabulary inside the model file. */
public sealed interface TokenizerData {

    /** SentencePiece's {@code tokenizer.model} (a protocol buffer), or Llama 3's file of that name (base64 tokens and ranks): told apart by content. */
    record ModelFile(Path file, List<ChatTemplateSource> chatTemplates) implements TokenizerData {

        /** Without chat templates. */
        public ModelFile(Path file) {
            this(file, List.of());
        }
    }

    /**
     * What a Hugging Face folder says of its tokenizer.
     *
     * @param model {@code tokenizer.model}, or null if there is none
     * @param documents contents of its JSON files by file name: maps, lists, strings, longs, doubles, booleans and null
     * @param embeddings how many tokens the model has an embedding for
     */
    record HuggingFace(
            Path folder,
            @Nullable Path model,
            Map<String, Map<String, Object>> documents,
            int embeddings,
            List<ChatTemplateSource> chatTemplates)
            implements TokenizerData {}

    /**
     * A SentencePiece vocabulary stored in a GGUF file.
     *
     * @param pieces text of each id
     * @param scores merge priority of each id
     * @param kinds SentencePiece's piece types: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
     * @param unknown id of the unknown token, -1 where there is none
     * @param padding id of the token that fills up batches, -1 where there is none; templates may name it
     * @param metaspace where {@code tokenizer.json} puts a space in front, which SentencePiece does not say: {@code first} or
     *     {@code always}, with {@code  split} behind it where words are cut apart; empty for SentencePiece's own way
     * @param added a {@code tokenizer.json} that says how tokens are cut out of a text where kinds do not; empty where they do
     * @param ends ids that keys name as ends of generation, {@code eos} among them where a key names it
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Pieces(
            List<String> pieces,
            float[] scores,
            int[] kinds,
            int bos,
            int eos,
            int unknown,
            int padding,
            boolean addsBos,
            boolean addsEos,
            boolean addsDummyPrefix,
            String metaspace,
            Map<String, Object> added,
            List<EndToken> ends,
            List<ChatTemplateSource> chatTemplates)
            implements TokenizerData {

        /** Without padding, further ends and chat templates. */
        public Pieces(
                List<String> pieces,
                float[] scores,
                int[] kinds,
                int bos,
                int eos,
                int unknown,
                boolean addsBos,
                boolean addsDummyPrefix) {
            this(
                    pieces,
                    scores,
                    kinds,
                    bos,
                    eos,
                    unknown,
                    -1,
                    addsBos,
                    false,
                    addsDummyPrefix,
                    "",
                    Map.of(),
                    List.of(),
                    List.of());
        }
    }

    /**
     * A byte-level BPE vocabulary (GPT-2's alphabet) stored in a GGUF file.
     *
     * @param tokens text of each id in GPT-2's byte alphabet (control tokens as they are)
     * @param kinds as in {@link Pieces}
     * @param merges pairs joined by one space, best first
     * @param preTokenizer name of the splitting rule ({@code llama-bpe}, {@code gpt-2}, …); empty where the file names none
     * @param unknown as in {@link Pieces}
     * @param padding as in {@link Pieces}
     * @param ends as in {@link Pieces}
     * @param addsBos null where the file leaves it to the splitting rule
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Merges(
            List<String> tokens,
            int[] kinds,
            List<String> merges,
            String preTokenizer,
            int bos,
            int eos,
            int unknown,
            int padding,
            List<EndToken> ends,
            @Nullable Boolean addsBos,
            boolean addsEos,
            List<ChatTemplateSource> chatTemplates)
            implements TokenizerData {}

    /**
     * A vocabulary in a GGUF file with rules that GGUF's own keys cannot say, in the words of {@code tokenizer.json}.
     *
     * @param standard {@link Pieces} or {@link Merges}: the vocabulary, and what other programs read
     * @param near whether other programs encode nearly the same; otherwise the file is written so that they refuse it
     * @param merges pairs joined by one space, best first
     * @param rules a {@code tokenizer.json} without its vocabulary and merges
     */
    record Ruled(TokenizerData standard, boolean near, List<String> merges, Map<String, Object> rules)
            implements TokenizerData {

        /** Text of each id. */
        public List<String> tokens() {
            return switch (standard) {
                case Pieces p -> p.pieces();
                case Merges m -> m.tokens();
                default -> throw notAVocabulary();
            };
        }

        /** As in {@link Pieces}. */
        public int[] kinds() {
            return switch (standard) {
                case Pieces p -> p.kinds();
                case Merges m -> m.kinds();
                default -> throw notAVocabulary();
            };
        }

        /** As in {@link Pieces}. */
        public List<EndToken> ends() {
            return switch (standard) {
                case Pieces p -> p.ends();
                case Merges m -> m.ends();
                default -> throw notAVocabulary();
            };
        }

        private IllegalStateException notAVocabulary() {
            return new IllegalStateException("rules stand beside a vocabulary, not " + standard);
        }

        @Override
        public int unknown() {
            return standard.unknown();
        }

        @Override
        public int padding() {
            return standard.padding();
        }

        @Override
        public List<ChatTemplateSource> chatTemplates() {
            return standard.chatTemplates();
        }
    }

    /** The id that a model file names for unknown text, or -1. */
    default int unknown() {
        return -1;
    }

    /** The id that a model file names for padding, or -1. */
    default int padding() {
        return -1;
    }

    /** The chat templates that come with the model; the one to use is called {@link ChatTemplateSource#DEFAULT}. */
    default List<ChatTemplateSource> chatTemplates() {
        return List.of();
    }
}
