package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Normalizers;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {

    private NormalizerReader() {}

    static Normalizer read(@Nullable Tree rule) {
        if (rule == null) {
            return Normalizer.NONE;
        }
        return switch (rule.type()) {
            case "Sequence" -> {
                List<Normalizer> steps = new ArrayList<>();
                rule.objects("normalizers").forEach(step -> steps.add(read(step)));
                yield Normalizer.of(steps);
            }
            case "NFC" -> Normalizers.unicode(Form.NFC);
            case "NFD" -> Normalizers.unicode(Form.NFD);
            case "NFKC" -> Normalizers.unicode(Form.NFKC);
            case "NFKD" -> Normalizers.unicode(Form.NFKD);
            case "Lowercase" -> Normalizers.lowercase();
            case "Strip" -> Normalizers.strip(rule.flag("strip_left", true), rule.flag("strip_right", true));
            case "StripAccents" -> Normalizers.stripAccents();
            case "Prepend" -> Normalizers.prepend(rule.text("prepend"));
            case "Replace" -> replace(rule);
            default ->
                throw rule.refuse("a normalizer of type " + rule.type() + " is not supported; supported are Sequence,"
                        + " NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend and Replace");
        };
    }

    private static Normalizer replace(Tree rule) {
        Tree pattern = rule.object("pattern");
        String content = rule.text("content");
        if (pattern.has("String") && pattern.text("String").length() == 1 && content.length() == 1) {
            return Normalizers.replace(pattern.text("String").charAt(0), content.charAt(0));
        }
        return Normalizers.replace(Patterns.read(rule), content);
    }
}
