package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.PieceDecoding;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.bytelevel.BytePairTokenizer;
import dev.altiplano.engine.tokenizer.meta.Tokenizers;
import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import dev.altiplano.engine.tokenizer.vocabulary.AddedToken;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Makes the tokenizer of a Hugging Face folder. */
public final class HuggingFaceTokenizer {

    private final HuggingFaceFiles files;
    private final Tree json;

    private HuggingFaceTokenizer(HuggingFaceFiles files) {
        this.files = files;
        this.json = files.document(HuggingFaceFiles.TOKENIZER);
    }

    /**
     * The tokenizer of a folder: of its {@code tokenizer.model} where it has one, else of its {@code tokenizer.json}. Throws
     * {@link TokenizerException} naming the file and the key of what is wrong or not supported.
     */
    public static Tokenizer of(HuggingFaceFiles files) {
        HuggingFaceTokenizer reader = new HuggingFaceTokenizer(files);
        Path model = files.model();
        return model != null ? reader.ofModel(model) : reader.ofJson(reader::boundaries);
    }

    /**
     * The tokenizer in the lists of a GGUF file, with rules beside them that {@link GgufForm#rules} wrote. Throws {@link
     * TokenizerException} naming the key of what is wrong.
     *
     * @param merges pairs joined by one space, best first
     * @param ends ends that other keys of the file name
     */
    public static Tokenizer ofGguf(
            List<String> tokens, int[] kinds, List<String> merges, Map<String, Object> rules, List<EndToken> ends) {
        HuggingFaceTokenizer reader = new HuggingFaceTokenizer(StoredRules.read(tokens, kinds, merges, rules));
        Boundaries boundaries = StoredRules.boundaries(rules, ends);
        boundaries.check(tokens.size());
        return reader.ofJson(vocabulary -> boundaries);
    }

    private Tokenizer ofModel(Path file) {
        Tokenizer plain = Tokenizers.load(file);
        if (!(plain instanceof SentencePieceTokenizer pieces)) {
            return plain;
        }
        FolderSpaces spaces = FolderSpaces.of(files);
        List<AddedToken> added = AddedTokenReader.read(files).stream()
                .map(token -> spaces.normalizes() ? token : token.inRawText())
                .toList();
        Template template = new Template(plain.prefixIds(), List.of());
        Boundaries boundaries = new BoundaryReader(files, text -> {
                    for (AddedToken token : added) {
                        if (token.text().equals(text)) {
                            return token.id();
                        }
                    }
                    return pieces.idOf(text);
                })
                .read(template, plain.bos(), plain.eos());
        int size = Math.max(files.embeddings(), plain.vocabularySize());
        try {
            return pieces.with(added, size, boundaries, spaces.inFront(), spaces.where());
        } catch (TokenizerException e) {
            throw new TokenizerException(file + ": " + e.getMessage(), e);
        }
    }

    private Boundaries boundaries(JsonVocabulary vocabulary) {
        Template template = Template.read(json.objectOrNull("post_processor"));
        return new BoundaryReader(files, vocabulary::id).read(template, -1, -1);
    }

    private Tokenizer ofJson(Function<JsonVocabulary, Boundaries> around) {
        Tree model = json.object("model");
        checkModel(model);
        List<AddedToken> added = AddedTokenReader.read(files);
        JsonVocabulary vocabulary = new JsonVocabulary(model, added, files.embeddings());
        Boundaries boundaries = around.apply(vocabulary);
        List<AddedToken> cut = withBoundaries(added, boundaries);
        Normalizer normalizer = NormalizerReader.read(json.objectOrNull("normalizer"));
        PreTokenizerReader.PreTokenizer preTokenizer = PreTokenizerReader.read(json.objectOrNull("pre_tokenizer"));
        try {
            if (preTokenizer.byteLevel()) {
                DecoderReader.checkByteLevel(json.objectOrNull("decoder"));
                return BytePairTokenizer.of(
                        vocabulary.tokens(),
                        vocabulary.kinds(),
                        vocabulary.merges(),
                        model.flag("ignore_merges", false),
                        cut,
                        normalizer,
                        preTokenizer.splitter(),
                        boundaries);
            }
            return ofCharacters(model, vocabulary, cut, normalizer, preTokenizer, boundaries);
        } catch (TokenizerException e) {
            throw String.valueOf(e.getMessage()).startsWith(HuggingFaceFiles.TOKENIZER)
                    ? e
                    : new TokenizerException(HuggingFaceFiles.TOKENIZER + ": " + e.getMessage(), e);
        }
    }

    private Tokenizer ofCharacters(
            Tree model,
            JsonVocabulary vocabulary,
            List<AddedToken> cut,
            Normalizer normalizer,
            PreTokenizerReader.PreTokenizer preTokenizer,
            Boundaries boundaries) {
        if (model.flag("ignore_merges", false)) {
            throw model.refuse("ignore_merges is not supported with a vocabulary of characters");
        }
        int unknown = model.has("unk_token") ? vocabulary.id(model.text("unk_token")) : -1;
        if (unknown >= 0) {
            vocabulary.mark(unknown, JsonVocabulary.UNKNOWN);
        }
        if (model.flag("byte_fallback", false)) {
            vocabulary.markBytes();
        }
        PieceDecoding decoding = DecoderReader.ofPieces(json.objectOrNull("decoder"));
        return SentencePieceTokenizer.of(
                vocabulary.tokens(),
                vocabulary.kinds(),
                unknown,
                model.flag("fuse_unk", false),
                vocabulary.merges(),
                cut,
                normalizer,
                preTokenizer.splitter(),
                decoding,
                boundaries);
    }

    private static void checkModel(Tree model) {
        String type = model.text("type", model.has("merges") ? "BPE" : "without a type");
        if (!type.equals("BPE")) {
            throw model.refuse(
                    "its type is " + type + "; only BPE is supported, which LLaMA's family uses. If the model"
                            + " comes with a tokenizer.model of type BPE, put that into the folder");
        }
        for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (!model.text(affix, "").isEmpty()) {
                throw model.refuse(affix + " is '" + model.text(affix) + "', which is not supported");
            }
        }
        if (model.value("dropout") instanceof Number dropout && dropout.doubleValue() != 0) {
            throw model.refuse("dropout is " + dropout + ": merging at random is not supported; set it to null");
        }
    }

    /** A token that begins or ends a text is a control token, whatever its flag says. */
    private static List<AddedToken> withBoundaries(List<AddedToken> added, Boundaries boundaries) {
        Set<Integer> marks = new HashSet<>(List.of(boundaries.bos(), boundaries.eos()));
        boundaries.ends().forEach(end -> marks.add(end.id()));
        return added.stream()
                .map(token -> marks.contains(token.id()) && !token.control()
                        ? new AddedToken(token.id(), token.text(), true, false, false, false, false)
                        : token)
                .toList();
    }
}
