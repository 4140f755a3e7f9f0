package dev.altiplano.engine.tokenizer.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A rule of cutting that GGUF files call by name ({@code tokenizer.ggml.pre}); which expressions a name stands for is
 * defined by llama.cpp, and followed where it differs from the model's own {@code tokenizer.json}.
 *
 * @param splitter the rule
 * @param takesWholeTokens whether a piece that is a token is taken whole, even where merging would not make it
 */
public record GgufRule(Splitter splitter, boolean takesWholeTokens) {

    /** The rule of files that name none. */
    public static final String DEFAULT = "default";

    private static final String ENDS_ANY_CASE = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
    private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String WORD = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    private static final String SYMBOLS = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|";
    private static final String LLAMA_3 = ENDS_ANY_CASE + "|" + WORD + "|\\p{N}{1,3}|" + SYMBOLS + SPACES;
    private static final String QWEN_2 = ENDS_ANY_CASE + "|" + WORD + "|\\p{N}|" + SYMBOLS + SPACES;
    /** Letters in an order of cases, where only ASCII's letters have one; the tail is what may follow them. */
    private static final String CASED_WORD = "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}&&[^a-z]]*[\\p{L}&&[^A-Z]]+%1$s|"
            + "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}&&[^a-z]]+[\\p{L}&&[^A-Z]]*%1$s";

    private static final String CASED_REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
    /** The same in the files of the models themselves, where every letter has its case. */
    private static final String CASED_WORD_OF_MODELS =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%1$s|"
                    + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%1$s";

    private static final String DEEPSEEK_LETTERS =
            "\\s?[A-Za-z\\x{B5}\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{1BA}\\x{1BC}-\\x{1BF}\\x{1C4}-\\x{293}"
                    + "\\x{295}-\\x{2AF}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37B}-\\x{37D}\\x{37F}\\x{386}"
                    + "\\x{388}-\\x{38A}\\x{38C}\\x{38E}-\\x{3A1}\\x{3A3}-\\x{3F5}\\x{3F7}-\\x{481}\\x{48A}-\\x{52F}"
                    + "\\x{531}-\\x{556}\\x{10A0}-\\x{10C5}\\x{13A0}-\\x{13F5}\\x{13F8}-\\x{13FD}\\x{1C90}-\\x{1CBA}"
                    + "\\x{1CBD}-\\x{1CBF}\\x{1D00}-\\x{1D2B}\\x{1D6B}-\\x{1D77}\\x{1D79}-\\x{1D9A}\\x{1E00}-\\x{1F15}"
                    + "\\x{1F18}-\\x{1F1D}\\x{1F20}-\\x{1F45}\\x{1F48}-\\x{1F4D}\\x{1F50}-\\x{1F57}\\x{1F59}\\x{1F5B}"
                    + "\\x{1F5D}\\x{1F5F}-\\x{1F7D}\\x{1F80}-\\x{1FB4}\\x{1FB6}-\\x{1FBC}\\x{1FBE}\\x{1FC2}-\\x{1FC4}"
                    + "\\x{1FC6}-\\x{1FCC}\\x{1FD0}-\\x{1FD3}\\x{1FD6}-\\x{1FDB}\\x{1FE0}-\\x{1FEC}\\x{1FF2}-\\x{1FF4}"
                    + "\\x{1FF6}-\\x{1FFC}\\x{2102}\\x{2107}\\x{210A}-\\x{2113}\\x{2115}\\x{2119}-\\x{211D}\\x{2124}"
                    + "\\x{2126}\\x{2128}\\x{212A}-\\x{212D}\\x{212F}-\\x{2134}\\x{2139}\\x{213C}-\\x{213F}"
                    + "\\x{2145}-\\x{2149}\\x{214E}\\x{2183}\\x{2184}\\x{2C00}-\\x{2C7B}\\x{2C7E}-\\x{2CE4}"
                    + "\\x{2CEB}-\\x{2CEE}\\x{2CF2}\\x{2CF3}\\x{A640}-\\x{A66D}\\x{A680}-\\x{A69B}\\x{A722}-\\x{A76F}"
                    + "\\x{A771}-\\x{A787}\\x{A78B}-\\x{A78E}\\x{AB70}-\\x{ABBF}\\x{FB00}-\\x{FB06}\\x{FB13}-\\x{FB17}"
                    + "\\x{FF21}-\\x{FF3A}\\x{FF41}-\\x{FF5A}\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}"
                    + "\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}"
                    + "\\x{1E900}-\\x{1E943}]+";
    private static final String DEEPSEEK_3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|"
            + "[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|" + SPACES;
    private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";
    private static final String BAILING = "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|" + WORD + "|\\p{N}| ?"
            + "[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

    /** Of several names of one rule, the one that every reader knows. */
    private static final List<String> MAIN_NAMES = List.of(
            "llama-bpe",
            "gpt-2",
            "qwen2",
            "smollm",
            "dbrx",
            "deepseek-llm",
            "deepseek-coder",
            "deepseek-v3",
            "poro-chat");

    private static final Map<String, Definition> DEFINITIONS = definitions();

    private record Definition(List<String> expressions, boolean takesWholeTokens, boolean addsBos) {}

    /** The rule called {@code name}, or null if no rule is called so. */
    public static @Nullable GgufRule named(String name) {
        Definition definition = DEFINITIONS.get(name);
        if (definition == null) {
            return null;
        }
        List<Splitter> steps = new ArrayList<>();
        for (String expression : definition.expressions) {
            steps.add(Splitters.isolated(expression));
        }
        return new GgufRule(Splitter.of(steps), definition.takesWholeTokens);
    }

    /**
     * A name that stands for these steps, or null if there is none.
     *
     * @param expressions one for each step, as a {@code tokenizer.json} writes it, every match being a piece
     */
    public static @Nullable String find(List<String> expressions, boolean takesWholeTokens) {
        List<String> spelled = expressions.stream().map(GgufRule::spelled).toList();
        for (String name : MAIN_NAMES) {
            Definition definition = DEFINITIONS.get(name);
            if (definition != null
                    && definition.expressions.equals(spelled)
                    && definition.takesWholeTokens == takesWholeTokens) {
                return name;
            }
        }
        return null;
    }

    /** A name that differs from these steps only in letters beyond ASCII, or null if there is none. */
    public static @Nullable String findNear(List<String> expressions) {
        if (expressions.size() != 1) {
            return null;
        }
        String spelled = spelled(expressions.getFirst());
        if (spelled.equals(String.format(CASED_WORD_OF_MODELS, "") + "|\\p{N}" + CASED_REST)) {
            return "tekken";
        }
        boolean likeGpt4o =
                spelled.equals(String.format(CASED_WORD_OF_MODELS, ENDS_ANY_CASE + "?") + "|\\p{N}{1,3}" + CASED_REST);
        return likeGpt4o ? "gpt-4o" : null;
    }

    /** An expression in the spelling of {@link #definitions()}: line ends escaped, other cases written out. */
    private static String spelled(String expression) {
        return expression
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", ENDS_ANY_CASE);
    }

    /** Whether a prompt begins with BOS under the rule called {@code name} where the file does not say. */
    public static boolean addsBos(String name) {
        Definition definition = DEFINITIONS.get(name);
        return definition != null && definition.addsBos;
    }

    /** The names that are known, in order. */
    public static Iterable<String> names() {
        return new TreeSet<>(DEFINITIONS.keySet());
    }

    private static Map<String, Definition> definitions() {
        Map<String, Definition> all = new HashMap<>();
        put(all, "default", "[\\p{P}$+<=>^~|]+", Splitters.GPT_2, "\\p{N}+", "[0-9][0-9][0-9]");
        put(
                all,
                "gpt-2 gpt2 phi-2 mpt olmo jais trillion granite-docling gigachat exaone4 mellum a.x-4.0",
                Splitters.GPT_2);
        put(all, "smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", "\\p{N}", Splitters.GPT_2);
        put(all, "falcon", "[\\p{P}$+<=>^~|`]+", Splitters.GPT_2, "[0-9][0-9][0-9]");
        put(all, "dbrx smaug-bpe glm4 chatglm-bpe", LLAMA_3);
        put(all, "qwen2 deepseek-r1-qwen stablelm2 megrez hunyuan solar-open grok-2 kormo f2llmv2", QWEN_2);
        put(
                all,
                "deepseek-llm",
                "[\\r\\n]",
                DEEPSEEK_LETTERS,
                "\\s?[!-/:-~！-／：-～‘-‟　-。]+",
                "\\s+$",
                "[一-龥ࠀ-一가-퟿]+",
                "\\p{N}+");
        put(all, "deepseek-coder", "[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}");
        put(all, "deepseek-v3 deepseek-r1 hunyuan-dense joyai-llm", "\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK_3);
        put(all, "poro-chat poro bloom gpt3-finnish", BLOOM);
        put(all, "viking", BLOOM, "\\p{N}");
        put(all, "bailingmoe bailingmoe2 llada-moe", BAILING);
        put(all, "seed-coder", ENDS_ANY_CASE + "|" + WORD + "|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|" + SPACES);
        put(
                all,
                "gpt-4o llama4 kanana2 minimax-m2",
                String.format(CASED_WORD, ENDS_ANY_CASE + "?") + "|\\p{N}{1,3}" + CASED_REST);
        all.put("tekken", new Definition(List.of(String.format(CASED_WORD, "") + "|\\p{N}" + CASED_REST), true, true));
        for (String name : "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral lfm2 midm-2.0".split(" ", -1)) {
            all.put(name, new Definition(List.of(LLAMA_3), true, true));
        }
        return Map.copyOf(all);
    }

    private static void put(Map<String, Definition> all, String names, String... expressions) {
        for (String name : names.split(" ", -1)) {
            all.put(name, new Definition(List.of(expressions), false, false));
        }
    }
}
