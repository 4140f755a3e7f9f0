package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.fetch.HubListing.HubFile;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Chooses which files of a repository a model needs: what describes it, its tokenizer, and its weights in one form. */
final class HubSelection {

    private static final String META_PARAMS = "params.json";

    private static final Set<String> DESCRIPTIONS = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "chat_template.json",
            "quantize_config.json",
            "quant_config.json",
            "hf_quant_config.json",
            "adapter_config.json");

    /** Chat templates beside the usual one, for tools and others. */
    private static final Pattern TEMPLATES = Pattern.compile("additional_chat_templates/[^/]+\\.jinja");

    /** Mistral's own files, each where the repository has not the one that stands for it elsewhere. */
    private static final Map<String, String> IN_PLACE_OF =
            Map.of(META_PARAMS, "config.json", "tekken.json", "tokenizer.json");

    /** Weights in the order of preference; the first that a repository has are taken. */
    private static final List<Pattern> WEIGHTS = List.of(
            Pattern.compile("model\\.safetensors"),
            Pattern.compile("model-\\d+-of-\\d+\\.safetensors|model\\.safetensors\\.index\\.json"),
            Pattern.compile("pytorch_model\\.bin"),
            Pattern.compile("pytorch_model-\\d+-of-\\d+\\.bin|pytorch_model\\.bin\\.index\\.json"),
            Pattern.compile("adapter_model\\.safetensors"),
            Pattern.compile("adapter_model\\.bin"),
            Pattern.compile("[^/]+\\.safetensors"));

    /** Meta's own weights, which mean nothing without {@link #META_PARAMS}. */
    private static final Pattern META_WEIGHTS = Pattern.compile("consolidated\\.\\d{2}\\.pth");

    /** What is needed beside them. */
    private static final Set<String> META_DESCRIPTIONS =
            Set.of(META_PARAMS, "tokenizer.model", "checklist.chk", "tokenizer_checklist.chk", "chat_template.jinja");

    private static final Pattern PARTS = Pattern.compile("-\\d{5}-of-\\d{5}(?=\\.gguf$)");

    /** What turns images into embeddings beside a GGUF model, which is no model and is not read. */
    private static final Pattern PROJECTOR = Pattern.compile("(^|/)mmproj[^/]*\\.gguf$");

    private HubSelection() {}

    /**
     * The files to fetch.
     *
     * @param include glob patterns of the weights that are wanted; empty leaves the choice to us
     */
    static List<HubFile> of(HubListing listing, List<String> include, HubAddress model) {
        if (!include.isEmpty()) {
            return included(listing, include, model);
        }
        List<HubFile> chosen = descriptions(listing);
        for (Pattern weights : WEIGHTS) {
            List<HubFile> found =
                    matching(listing, file -> weights.matcher(file.path()).matches());
            if (found.stream().anyMatch(file -> !file.path().endsWith(".json"))) {
                chosen.addAll(found);
                return chosen;
            }
        }
        List<HubFile> gguf = oneGguf(matching(listing, HubSelection::isGguf), " has %d GGUF models", model);
        if (!gguf.isEmpty()) {
            return gguf;
        }
        List<HubFile> meta = meta(listing);
        if (!meta.isEmpty()) {
            return meta;
        }
        throw new FetchException(
                model
                        + " has no weights: neither .safetensors, pytorch_model.bin, .gguf nor consolidated.00.pth with params.json");
    }

    private static boolean isGguf(HubFile file) {
        return file.path().endsWith(".gguf") && !PROJECTOR.matcher(file.path()).find();
    }

    /** The files, which are one model at most, perhaps in parts. */
    private static List<HubFile> oneGguf(List<HubFile> files, String several, HubAddress model) {
        List<String> names = files.stream()
                .map(file -> PARTS.matcher(file.path()).replaceFirst(""))
                .distinct()
                .toList();
        if (names.size() > 1) {
            throw new FetchException(model + String.format(several, names.size())
                    + "; say which by include, for example include '" + names.getFirst() + "': "
                    + String.join(", ", names.subList(0, Math.min(12, names.size())))
                    + (names.size() > 12 ? ", …" : ""));
        }
        return files;
    }

    /** A model as Meta ships it, or nothing. A {@code config.json} beside it is not the model's and would stand in the way. */
    private static List<HubFile> meta(HubListing listing) {
        List<HubFile> weights =
                matching(listing, file -> META_WEIGHTS.matcher(file.path()).matches());
        if (weights.isEmpty() || !paths(listing).contains(META_PARAMS)) {
            return List.of();
        }
        List<HubFile> chosen = metaDescriptions(listing);
        chosen.addAll(weights);
        return chosen;
    }

    private static List<HubFile> metaDescriptions(HubListing listing) {
        return matching(listing, file -> META_DESCRIPTIONS.contains(file.path()) || isTemplate(file));
    }

    private static Set<String> paths(HubListing listing) {
        return listing.files().stream().map(HubFile::path).collect(Collectors.toSet());
    }

    private static List<HubFile> descriptions(HubListing listing) {
        Set<String> paths = paths(listing);
        return matching(listing, file -> {
            String usual = IN_PLACE_OF.get(file.path());
            return DESCRIPTIONS.contains(file.path()) || isTemplate(file) || usual != null && !paths.contains(usual);
        });
    }

    private static boolean isTemplate(HubFile file) {
        return TEMPLATES.matcher(file.path()).matches();
    }

    private static List<HubFile> included(HubListing listing, List<String> include, HubAddress model) {
        List<HubFile> chosen = new ArrayList<>();
        for (String glob : include) {
            PathMatcher matcher;
            try {
                matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (PatternSyntaxException e) {
                throw new FetchException("include " + glob + " is not a pattern of names: " + e.getDescription());
            }
            List<HubFile> found = matching(
                    listing,
                    file -> matcher.matches(Path.of(file.path()))
                            || matcher.matches(Path.of(file.path()).getFileName()));
            if (found.isEmpty()) {
                throw new FetchException(model + " has no file that include " + glob + " fits");
            }
            chosen.addAll(found);
        }
        if (chosen.stream().anyMatch(file -> META_WEIGHTS.matcher(file.path()).matches())) {
            chosen.addAll(metaDescriptions(listing));
        } else if (chosen.stream().noneMatch(file -> file.path().endsWith(".gguf"))) {
            chosen.addAll(descriptions(listing));
        } else {
            List<HubFile> gguf =
                    chosen.stream().filter(HubSelection::isGguf).distinct().toList();
            if (!oneGguf(gguf, " has %d GGUF models that include fits", model).isEmpty()) {
                chosen.removeIf(file -> PROJECTOR.matcher(file.path()).find());
            }
        }
        return chosen.stream().distinct().toList();
    }

    private static List<HubFile> matching(HubListing listing, Predicate<HubFile> wanted) {
        return new ArrayList<>(listing.files().stream().filter(wanted).toList());
    }
}
