package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.rules.Splitters.PrependScheme;
import dev.altiplano.engine.tokenizer.sentencepiece.DummyPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a folder says of the space that its {@code tokenizer.model} puts in front of text. A {@code tokenizer.json} says it, or
 * else the settings with which others make one of the file.
 *
 * @param inFront whether there is one
 * @param where where it goes
 * @param normalizes whether text is rewritten before tokens are looked for that are called normalized
 */
record FolderSpaces(boolean inFront, DummyPrefix where, boolean normalizes) {

    static FolderSpaces of(HuggingFaceFiles files) {
        if (!files.has(HuggingFaceFiles.TOKENIZER)) {
            return ofSettings(files);
        }
        Tree json = files.document(HuggingFaceFiles.TOKENIZER);
        Tree normalizer = json.objectOrNull("normalizer");
        Tree metaspace = step(json.objectOrNull("pre_tokenizer"), "pretokenizers", "Metaspace");
        if (metaspace != null) {
            PrependScheme scheme = PreTokenizerReader.prependScheme(metaspace);
            return new FolderSpaces(
                    scheme != PrependScheme.NEVER,
                    scheme == PrependScheme.ALWAYS ? DummyPrefix.EACH : DummyPrefix.ONCE,
                    normalizer != null);
        }
        return normalizer == null
                ? new FolderSpaces(true, DummyPrefix.ONCE, false)
                : new FolderSpaces(step(normalizer, "normalizers", "Prepend") != null, DummyPrefix.EACH, true);
    }

    /** Settings that do not say so mean the way of before {@code legacy} was a word: a space behind every token. */
    private static FolderSpaces ofSettings(HuggingFaceFiles files) {
        Tree settings = files.document(HuggingFaceFiles.TOKENIZER_CONFIG);
        boolean legacy = files.has(HuggingFaceFiles.TOKENIZER_CONFIG) && settings.flag("legacy", true);
        return new FolderSpaces(
                settings.flag("add_prefix_space", true), legacy ? DummyPrefix.EACH : DummyPrefix.ONCE, legacy);
    }

    /** The first step of a type in {@code rule}, which may be one or a sequence of them; null where there is none. */
    private static @Nullable Tree step(@Nullable Tree rule, String sequence, String type) {
        if (rule == null || rule.type().equals(type)) {
            return rule;
        }
        List<Tree> steps = rule.type().equals("Sequence") ? rule.objects(sequence) : List.of();
        for (Tree inner : steps) {
            Tree found = step(inner, sequence, type);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
