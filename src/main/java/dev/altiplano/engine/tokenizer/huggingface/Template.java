package dev.altiplano.engine.tokenizer.huggingface;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ids that {@code post_processor} of a {@code tokenizer.json} puts around a text.
 *
 * @param prefix those in front
 * @param suffix those behind
 */
record Template(List<Integer> prefix, List<Integer> suffix) {

    static final Template NONE = new Template(List.of(), List.of());

    static Template read(@Nullable Tree rule) {
        if (rule == null) {
            return NONE;
        }
        return switch (rule.type()) {
            // It moves offsets, which nobody asks for here.
            case "ByteLevel" -> NONE;
            case "Sequence" -> {
                List<Integer> prefix = new ArrayList<>();
                List<Integer> suffix = new ArrayList<>();
                for (Tree step : rule.objects("processors")) {
                    Template template = read(step);
                    prefix.addAll(0, template.prefix);
                    suffix.addAll(template.suffix);
                }
                yield new Template(prefix, suffix);
            }
            case "TemplateProcessing" -> template(rule);
            case "RobertaProcessing", "BertProcessing" ->
                new Template(List.of(pair(rule, "cls")), List.of(pair(rule, "sep")));
            default ->
                throw rule.refuse("a post-processor of type " + rule.type() + " is not supported; supported are"
                        + " Sequence, ByteLevel, TemplateProcessing, RobertaProcessing and BertProcessing");
        };
    }

    private static Template template(Tree rule) {
        List<Integer> prefix = new ArrayList<>();
        List<Integer> suffix = new ArrayList<>();
        boolean seen = false;
        for (Tree part : rule.objects("single")) {
            if (part.has("Sequence")) {
                if (seen) {
                    throw rule.refuse("the template has the text twice");
                }
                seen = true;
            } else {
                String name = part.object("SpecialToken").text("id");
                List<Integer> ids = rule.object("special_tokens").object(name).ids("ids");
                (seen ? suffix : prefix).addAll(ids);
            }
        }
        if (!seen) {
            throw rule.refuse("the template leaves the text out");
        }
        return new Template(prefix, suffix);
    }

    private static int pair(Tree rule, String key) {
        List<?> pair = rule.list(key);
        if (pair.size() == 2 && pair.get(1) instanceof Long id && id >= 0 && id < Integer.MAX_VALUE) {
            return id.intValue();
        }
        throw rule.refuse(key + " is not a token and its id");
    }
}
