package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.regex.Regex;
import dev.altiplano.engine.tokenizer.rules.Normalizer;
import dev.altiplano.engine.tokenizer.rules.Normalizers;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {

    private final Growth growth = new Growth();

    private NormalizerReader() {}

    static Normalizer read(@Nullable Tree rule) {
        return rule == null ? Normalizer.NONE : new NormalizerReader().step(rule);
    }

    private Normalizer step(Tree rule) {
        return switch (rule.type()) {
            case "Sequence" -> {
                List<Normalizer> steps = new ArrayList<>();
                rule.objects("normalizers").forEach(step -> steps.add(step(step)));
                yield Normalizer.of(steps);
            }
            case "NFC" -> unicode(rule, Form.NFC);
            case "NFD" -> unicode(rule, Form.NFD);
            case "NFKC" -> unicode(rule, Form.NFKC);
            case "NFKD" -> unicode(rule, Form.NFKD);
            case "Lowercase" -> {
                growth.lowercase(rule);
                yield Normalizers.lowercase();
            }
            case "Strip" -> Normalizers.strip(rule.flag("strip_left", true), rule.flag("strip_right", true));
            case "StripAccents" -> Normalizers.stripAccents();
            case "Prepend" -> {
                String prefix = rule.text("prepend");
                growth.prepend(rule, prefix);
                yield Normalizers.prepend(prefix);
            }
            case "Replace" -> replace(rule);
            default ->
                throw rule.refuse("a normalizer of type " + rule.type() + " is not supported; supported are Sequence,"
                        + " NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend and Replace");
        };
    }

    private Normalizer unicode(Tree rule, Form form) {
        growth.unicode(rule, form);
        return Normalizers.unicode(form);
    }

    private Normalizer replace(Tree rule) {
        Tree pattern = rule.object("pattern");
        String content = rule.text("content");
        Regex expression = Patterns.read(rule);
        growth.replace(rule, expression, content);
        if (pattern.has("String") && pattern.text("String").length() == 1 && content.length() == 1) {
            return Normalizers.replace(pattern.text("String").charAt(0), content.charAt(0));
        }
        return Normalizers.replace(expression, content);
    }
}
