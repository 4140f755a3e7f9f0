package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import dev.altiplano.engine.tokenizer.vocabulary.PieceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads {@code tokenizer.model}: a protocol buffer with the pieces (field 1), how they were trained (2) and how text is
 * normalized (3). What a model asks for and this package does not do is refused by name, never ignored.
 */
final class SentencePieceReader {

    private static final int BPE = 2;
    private static final String[] MODEL_TYPES = {"", "unigram", "BPE", "word", "char"};

    private final List<String> pieces = new ArrayList<>();
    private float[] scores = new float[512];
    private int[] kinds = new int[512];

    private long modelType = 1;
    private boolean byteFallback;
    private String bosPiece = "<s>";
    private String eosPiece = "</s>";
    private String unknownText = SentencePieceModel.UNKNOWN_TEXT;

    private String normalizer = "";
    private boolean rewritesCharacters;
    private boolean addsDummyPrefix = true;
    private boolean removesExtraSpaces = true;

    private SentencePieceReader() {}

    /** Reads the content of a file. Throws {@link TokenizerException} with the offset of what is wrong. */
    static SentencePieceModel read(byte[] file) {
        if (file.length == 0) {
            throw TokenizerException.at(0, "the file is empty");
        }
        SentencePieceReader reader = new SentencePieceReader();
        reader.model(new ProtobufReader(file, "model"));
        return reader.checked(file.length);
    }

    private void model(ProtobufReader in) {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> piece(in.message("piece " + pieces.size()), in.fieldStart());
                case 2 -> trainer(in.message("trainer_spec"));
                case 3 -> normalizer(in.message("normalizer_spec"));
                default -> in.skip();
            }
        }
    }

    private void piece(ProtobufReader in, int start) {
        String text = "";
        float score = 0;
        long kind = 1;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> text = in.text("the text");
                case 2 -> score = in.decimal("the score");
                case 3 -> kind = in.number("the type");
                default -> in.skip();
            }
        }
        int id = pieces.size();
        if (text.isEmpty()) {
            throw TokenizerException.at(start, "piece " + id + " is empty");
        }
        if (Float.isNaN(score)) {
            throw TokenizerException.at(
                    start, "piece " + id + " " + Quote.of(text) + " has a score that is not a number");
        }
        if (!PieceKind.isKnown(kind)) {
            throw TokenizerException.at(
                    start, "piece " + id + " has type " + Long.toUnsignedString(kind) + ", known are 1 to 6");
        }
        if (id == scores.length) {
            scores = Arrays.copyOf(scores, 2 * id);
            kinds = Arrays.copyOf(kinds, 2 * id);
        }
        scores[id] = score;
        kinds[id] = (int) kind;
        pieces.add(text);
    }

    private void trainer(ProtobufReader in) {
        while (in.next()) {
            switch (in.field()) {
                case 3 -> modelType = in.number("model_type");
                case 24 -> {
                    if (in.flag("treat_whitespace_as_suffix")) {
                        throw in.fail("treat_whitespace_as_suffix is not supported");
                    }
                }
                case 35 -> byteFallback = in.flag("byte_fallback");
                case 44 -> unknownText = in.text("unk_surface");
                case 46 -> bosPiece = in.text("bos_piece");
                case 47 -> eosPiece = in.text("eos_piece");
                default -> in.skip();
            }
        }
    }

    private void normalizer(ProtobufReader in) {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> normalizer = in.text("name");
                case 2 -> rewritesCharacters = in.length("precompiled_charsmap") > 0;
                case 3 -> addsDummyPrefix = in.flag("add_dummy_prefix");
                case 4 -> removesExtraSpaces = in.flag("remove_extra_whitespaces");
                case 5 -> {
                    if (!in.flag("escape_whitespaces")) {
                        throw in.fail("a model that does not escape spaces is not supported");
                    }
                }
                default -> in.skip();
            }
        }
    }

    private SentencePieceModel checked(int end) {
        if (pieces.isEmpty()) {
            throw TokenizerException.at(end, "the model has no pieces");
        }
        if (modelType != BPE) {
            String name = modelType > 0 && modelType < MODEL_TYPES.length
                    ? MODEL_TYPES[(int) modelType]
                    : Long.toUnsignedString(modelType);
            throw TokenizerException.at(
                    end, "the model is of type " + name + "; only BPE is supported, which all LLaMA tokenizers are");
        }
        if (rewritesCharacters) {
            throw TokenizerException.at(
                    end,
                    "the normalizer " + Quote.of(normalizer)
                            + " rewrites characters, which is not supported; LLaMA's is 'identity'");
        }
        if (removesExtraSpaces) {
            throw TokenizerException.at(
                    end, "the model removes extra spaces (remove_extra_whitespaces), which is not supported");
        }
        int count = pieces.size();
        int unknown = -1;
        int bytes = 0;
        for (int id = 0; id < count; id++) {
            if (kinds[id] == PieceKind.UNKNOWN.number()) {
                unknown = id;
            } else if (kinds[id] == PieceKind.BYTE.number()) {
                bytes++;
            }
        }
        if (unknown < 0) {
            throw TokenizerException.at(end, "the model has no piece of type unknown (<unk>)");
        }
        if (byteFallback != (bytes > 0)) {
            throw TokenizerException.at(
                    end, "byte_fallback is " + byteFallback + ", but the model has " + bytes + " byte pieces");
        }
        return new SentencePieceModel(
                pieces,
                Arrays.copyOf(scores, count),
                Arrays.copyOf(kinds, count),
                unknown,
                addsDummyPrefix,
                unknownText,
                Boundaries.of(controlPiece(bosPiece), controlPiece(eosPiece), true, false, List.of()));
    }

    private int controlPiece(String text) {
        int id = pieces.indexOf(text);
        return id >= 0 && kinds[id] == PieceKind.CONTROL.number() ? id : -1;
    }
}
