package dev.altiplano.server;

import dev.altiplano.engine.FloatTensor;
import dev.altiplano.engine.checkpoint.ChatTemplateSource;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A small GGUF file whose model says what a test wants it to say. Its answers are scripts: the chat template ends a prompt with a
 * control token that stands for one of them, and the weights lead from each token of a script to the next one, so that the answer is
 * the same at any temperature. The layer between embedding and output adds nothing. Where a grammar forbids what the script says,
 * the model chooses among the rest by noise that is always the same.
 */
public final class ScriptedModel {

    /**
     * What the model answers.
     *
     * @param condition an expression of the template: the first script whose condition holds is the answer
     * @param text the answer; control tokens are written as they are spelled
     */
    public record Script(String condition, String text) {}

    private static final int HIDDEN = 256;
    private static final int FEED_FORWARD = 32;
    private static final int CONTEXT = 8192;
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;
    private static final int BOS = 1;
    private static final int EOS = 2;
    /** Makes the right logit stand 30 above the mean of the others, which scatter by 2. */
    private static final float SCALE = 1f / 8;

    private final List<String> controls;
    private final List<String> pieces = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<Integer, Integer> next = new HashMap<>();
    private final StringBuilder choice = new StringBuilder();

    private ScriptedModel(List<String> controls) {
        this.controls = controls;
    }

    /**
     * Writes a model that ends with the test run.
     *
     * @param marks what the template says of tools, for example {@code <tool_call>}: the format of calls is found from it
     * @param controls what of the scripts is a control token; each may stand once in all scripts
     */
    public static Path write(String marks, List<String> controls, List<Script> scripts) {
        ScriptedModel model = new ScriptedModel(controls);
        model.add("<unk>", UNKNOWN);
        model.add("<s>", CONTROL);
        model.add("</s>", CONTROL);
        for (int b = 0; b < 256; b++) {
            model.add(String.format("<0x%02X>", b), BYTE);
        }
        for (Script script : scripts) {
            model.script(script);
        }
        try {
            Path file = Files.createTempFile("scripted", ".gguf");
            file.toFile().deleteOnExit();
            model.write(file, "{%- if tools and false %}" + marks + "{% endif %}{{ bos_token }}");
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int add(String piece, int kind) {
        if (!taken.add(piece)) {
            throw new IllegalArgumentException("the scripts need the token '" + piece + "' twice: change their texts");
        }
        pieces.add(piece);
        kinds.add(kind);
        return pieces.size() - 1;
    }

    private void script(Script script) {
        String trigger = "<|script " + next.size() + "|>";
        int before = add(trigger, CONTROL);
        choice.append(choice.isEmpty() ? "{%- if " : "{%- elif ")
                .append(script.condition())
                .append(" %}")
                .append(trigger);
        String rest = script.text();
        while (!rest.isEmpty()) {
            String control =
                    controls.stream().filter(rest::startsWith).findFirst().orElse(null);
            int end = control == null ? controlFrom(rest) : control.length();
            for (String piece : control == null ? newPieces(rest.substring(0, end)) : List.of(control)) {
                int token = add(piece, control == null ? NORMAL : CONTROL);
                next.put(before, token);
                before = token;
            }
            rest = rest.substring(end);
        }
        next.put(before, EOS);
    }

    private int controlFrom(String text) {
        return controls.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(text.length());
    }

    /** Cuts {@code text} into pieces that are no tokens yet, and all differ: the shortest ones, from the beginning. */
    private List<String> newPieces(String text) {
        String escaped = text.replace(' ', '▁');
        List<String> found = new ArrayList<>();
        int from = 0;
        for (int end = 0; end < escaped.length(); ) {
            end = escaped.offsetByCodePoints(end, 1);
            String piece = escaped.substring(from, end);
            if (!taken.contains(piece) && !found.contains(piece)) {
                found.add(piece);
                from = end;
            }
        }
        String rest = escaped.substring(from);
        while (!rest.isEmpty() && !found.isEmpty() && (taken.contains(rest) || found.contains(rest))) {
            rest = found.removeLast() + rest;
        }
        if (!rest.isEmpty()) {
            found.add(rest);
        }
        return found;
    }

    private void write(Path file, String begin) throws IOException {
        String template = begin + "{%- for message in messages %}{{ message.role }}: {{ message.content or '' }}\n"
                + "{% endfor -%}" + choice + "{% endif %}";
        int vocabulary = pieces.size();
        float[] scores = new float[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            scores[id] = -id;
        }
        TokenizerData.Pieces tokenizer = new TokenizerData.Pieces(
                pieces,
                scores,
                kinds.stream().mapToInt(Integer::intValue).toArray(),
                BOS,
                EOS,
                0,
                -1,
                true,
                false,
                false,
                "",
                Map.of(),
                List.of(),
                List.of(new ChatTemplateSource(ChatTemplateSource.DEFAULT, template)));
        Hyperparameters shape =
                new Hyperparameters(HIDDEN, FEED_FORWARD, 1, 4, 4, HIDDEN / 4, vocabulary, CONTEXT, 1e-5f, 10000);
        new GgufWriter("scripted", shape, tokenizer, tensors()).write(file, true, Progress.NONE);
    }

    private List<Tensor> tensors() {
        int vocabulary = pieces.size();
        Random random = new Random(5);
        float[] embedding = new float[vocabulary * HIDDEN];
        float[] output = new float[vocabulary * HIDDEN];
        for (int id = 0; id < vocabulary; id++) {
            for (int i = 0; i < HIDDEN - 1; i++) {
                embedding[id * HIDDEN + i] = random.nextBoolean() ? 1 : -1;
            }
        }
        // The last number is for the end of a sequence alone: many tokens lead there.
        float end = (float) Math.sqrt(HIDDEN);
        output[EOS * HIDDEN + HIDDEN - 1] = end * SCALE;
        next.forEach((token, following) -> {
            if (following == EOS) {
                embedding[token * HIDDEN + HIDDEN - 1] = end;
                return;
            }
            for (int i = 0; i < HIDDEN - 1; i++) {
                output[following * HIDDEN + i] += SCALE * embedding[token * HIDDEN + i];
            }
        });
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new FloatTensor("token_embd.weight", vocabulary, HIDDEN, embedding));
        tensors.add(new FloatTensor("output.weight", vocabulary, HIDDEN, output));
        tensors.add(ones("output_norm.weight"));
        tensors.add(ones("blk.0.attn_norm.weight"));
        tensors.add(ones("blk.0.ffn_norm.weight"));
        for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
            tensors.add(zeros(name, HIDDEN, HIDDEN));
        }
        tensors.add(zeros("ffn_gate", FEED_FORWARD, HIDDEN));
        tensors.add(zeros("ffn_up", FEED_FORWARD, HIDDEN));
        tensors.add(zeros("ffn_down", HIDDEN, FEED_FORWARD));
        return tensors;
    }

    private static Tensor ones(String name) {
        float[] ones = new float[HIDDEN];
        Arrays.fill(ones, 1);
        return new FloatTensor(name, 1, HIDDEN, ones);
    }

    private static Tensor zeros(String name, int rows, int columns) {
        return new FloatTensor("blk.0." + name + ".weight", rows, columns, new float[rows * columns]);
    }
}
