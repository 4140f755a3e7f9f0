package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.PieceDecoding;
import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Normalizers;
import dev.altiplano.engine.tokenizer.rules.Place;
import dev.altiplano.engine.tokenizer.rules.Splitters.PrependScheme;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads {@code decoder} of a {@code tokenizer.json}: what is done to each token, and to the beginning of the whole text. */
final class DecoderReader {

    private final Growth growth = new Growth();
    private UnaryOperator<String> shown = token -> token;
    private boolean dropsFirstSpace;
    private boolean fused;

    private DecoderReader() {}

    /** The decoder of a vocabulary of characters. */
    static PieceDecoding ofPieces(@Nullable Tree rule) {
        DecoderReader reader = new DecoderReader();
        if (rule != null) {
            reader.add(rule);
        }
        return new PieceDecoding(reader.shown, reader.dropsFirstSpace);
    }

    /** Refuses what is not a byte-level decoder; that is also meant where none is named. */
    static void checkByteLevel(@Nullable Tree rule) {
        if (rule == null) {
            return;
        }
        List<Tree> steps = rule.type().equals("Sequence") ? rule.objects("decoders") : List.of(rule);
        for (Tree step : steps) {
            if (!step.type().equals("ByteLevel") && !step.type().equals("Fuse")) {
                throw step.refuse("a decoder of type " + step.type()
                        + " is not supported with a byte-level pre-tokenizer, whose decoder is ByteLevel");
            }
        }
    }

    private void add(Tree rule) {
        switch (rule.type()) {
            case "Sequence" -> rule.objects("decoders").forEach(this::add);
            case "Replace" -> {
                if (fused) {
                    throw rule.refuse("Replace behind Fuse is not supported");
                }
                Regex pattern = Patterns.read(rule);
                growth.replace(rule, pattern, rule.text("content"));
                Normalizer replace = Normalizers.replace(pattern, rule.text("content"));
                each(token -> replace.apply(token, Place.START));
            }
            // Bytes are put together, and pieces joined, in any case.
            case "ByteFallback" -> {}
            case "Fuse" -> fused = true;
            case "Strip" -> strip(rule);
            case "Metaspace" -> {
                char replacement = PreTokenizerReader.replacement(rule);
                each(token -> token.replace(replacement, ' '));
                dropsFirstSpace |= PreTokenizerReader.prependScheme(rule) != PrependScheme.NEVER;
            }
            default ->
                throw rule.refuse("a decoder of type " + rule.type() + " is not supported with a vocabulary of"
                        + " characters; supported are Sequence, Replace, ByteFallback, Fuse, Strip and Metaspace");
        }
    }

    private void each(UnaryOperator<String> step) {
        UnaryOperator<String> before = shown;
        shown = token -> step.apply(before.apply(token));
    }

    private void strip(Tree rule) {
        int start = rule.id("start");
        int stop = rule.id("stop");
        if (stop != 0
                || start > 1
                || (start == 1 && !(fused && rule.text("content").equals(" ")))) {
            throw rule.refuse("a decoder Strip is supported only for one space at the start, behind Fuse");
        }
        dropsFirstSpace |= start == 1;
    }
}
