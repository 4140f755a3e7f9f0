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
    private static final String DEEPSEEK_LETTERS = "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ"
            + "Ⴀ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹ"
            + "ℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";
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
        List<String> spelled = expressions.stream()
                .map(expression -> expression.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", ENDS_ANY_CASE))
                .toList();
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
        for (String name : "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral lfm2 midm-2.0".split(" ")) {
            all.put(name, new Definition(List.of(LLAMA_3), true, true));
        }
        return Map.copyOf(all);
    }

    private static void put(Map<String, Definition> all, String names, String... expressions) {
        for (String name : names.split(" ")) {
            all.put(name, new Definition(List.of(expressions), false, false));
        }
    }
}
