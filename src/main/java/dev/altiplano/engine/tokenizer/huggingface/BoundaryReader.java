package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.EndToken;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.engine.tokenizer.vocabulary.Boundaries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.ToIntFunction;

/**
 * Finds out what stands around a prompt and where an answer ends. The template of {@code tokenizer.json} has the first say
 * on what begins a text, the flags of {@code tokenizer_config.json} on whether; ends are all that any file names, and the
 * first of them is the tokenizer's own, which other files list in any order.
 */
final class BoundaryReader {

    private final HuggingFaceFiles files;
    /** The id of a token's text, or -1. */
    private final ToIntFunction<String> idOf;

    BoundaryReader(HuggingFaceFiles files, ToIntFunction<String> idOf) {
        this.files = files;
        this.idOf = idOf;
    }

    /**
     * The boundaries.
     *
     * @param template what the tokenizer puts around a text by itself
     * @param ownBos the vocabulary's own BOS, or -1
     * @param ownEos the vocabulary's own EOS, or -1
     */
    Boundaries read(Template template, int ownBos, int ownEos) {
        List<EndToken> ends = ends();
        int firstEnd = ends.isEmpty() ? ownEos : ends.getFirst().id();
        int eos = named("eos_token").filter(id -> id >= 0).orElse(firstEnd);
        int bos = bos(template, ownBos);
        List<Integer> prefix = new ArrayList<>(usable(template.prefix()));
        List<Integer> suffix = new ArrayList<>(usable(template.suffix()));
        Tree config = files.document(HuggingFaceFiles.TOKENIZER_CONFIG);
        if (config.has("add_bos_token") && bos >= 0) {
            prefix.removeIf(id -> id == bos);
            if (config.flag("add_bos_token", true)) {
                prefix.addFirst(bos);
            }
        }
        if (config.has("add_eos_token")) {
            suffix.removeIf(id -> id == eos);
            if (config.flag("add_eos_token", false) && eos >= 0) {
                suffix.add(eos);
            }
        }
        return new Boundaries(bos, eos, prefix, suffix, ends);
    }

    /** Each end once, with the first file that names it. */
    private List<EndToken> ends() {
        SequencedMap<Integer, EndToken> ends = new LinkedHashMap<>();
        for (String name : List.of(HuggingFaceFiles.GENERATION, HuggingFaceFiles.CONFIG)) {
            for (int id : checked(name, "eos_token_id")) {
                ends.putIfAbsent(id, new EndToken(id, name + ", eos_token_id"));
            }
        }
        for (String name : List.of(HuggingFaceFiles.TOKENIZER_CONFIG, HuggingFaceFiles.SPECIAL_TOKENS)) {
            Optional<String> text = SpecialToken.text(files.document(name), "eos_token");
            int id = text.map(idOf::applyAsInt).orElse(-1);
            if (id >= 0) {
                ends.putIfAbsent(id, new EndToken(id, name + ", eos_token"));
            }
        }
        return List.copyOf(ends.values());
    }

    private int bos(Template template, int ownBos) {
        List<Integer> first = usable(template.prefix());
        if (!first.isEmpty()) {
            return first.getFirst();
        }
        int bos = named("bos_token").orElse(-1);
        for (String name : List.of(HuggingFaceFiles.CONFIG, HuggingFaceFiles.GENERATION)) {
            for (int id : checked(name, "bos_token_id")) {
                bos = bos < 0 ? id : bos;
            }
        }
        return bos < 0 ? ownBos : bos;
    }

    private Optional<Integer> named(String key) {
        for (String name : List.of(HuggingFaceFiles.TOKENIZER_CONFIG, HuggingFaceFiles.SPECIAL_TOKENS)) {
            Optional<String> text = SpecialToken.text(files.document(name), key);
            if (text.isPresent()) {
                return text.map(idOf::applyAsInt);
            }
        }
        return Optional.empty();
    }

    private List<Integer> usable(List<Integer> ids) {
        return ids.stream().filter(id -> id < files.embeddings()).toList();
    }

    private List<Integer> checked(String file, String key) {
        List<Integer> ids = files.document(file).ids(key);
        for (int id : ids) {
            if (id >= files.embeddings()) {
                throw new TokenizerException(file + ": " + key + " is " + id + ", but the model has embeddings for "
                        + files.embeddings() + " tokens");
            }
        }
        return ids;
    }
}
