package dev.altiplano.engine.request;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.engine.chat.ChatTemplate;
import dev.altiplano.engine.chat.ChatTemplates;
import dev.altiplano.engine.chat.Message;
import dev.altiplano.engine.chat.Role;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.load.CheckpointTokenizer;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Times what a conversation of 4,000 tokens costs before the model computes: its template, and all that makes tokens of it beside
 * the same text as a plain prompt. Run its main with a model (only its vocabulary is read) and, if wanted, files with templates.
 */
final class ChatBenchmark {

    private static final int TOKENS = 4000;
    private static final int ROUNDS = 2000;
    private static final String[] WORDS = {
        "the",
        "a",
        "river",
        "small",
        "answer",
        "house",
        "walked",
        "because",
        "green",
        "never",
        "please",
        "explain",
        "tomorrow",
        "what",
        "numbers",
        "and",
        "with",
        "garden",
        "again",
        "quickly"
    };

    private ChatBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        try (Checkpoint checkpoint = Checkpoints.open(Path.of(arguments[0]))) {
            Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint.tokenizer());
            Map<String, String> special = Map.of("bos_token", "<s>", "eos_token", "</s>");
            for (ChatTemplates template : ChatTemplates.values()) {
                run(template.text(), template.compile(special), tokenizer);
            }
            for (String file : Arrays.asList(arguments).subList(1, arguments.length)) {
                run(file, ChatTemplate.compile(Files.readString(Path.of(file)), special), tokenizer);
            }
        }
    }

    private static void run(String name, ChatTemplate template, Tokenizer tokenizer) {
        RequestReader reader = new RequestReader(tokenizer, template, 1 << 20, null);
        Random random = new Random(1);
        List<Message> messages = new ArrayList<>(List.of(Message.of(Role.SYSTEM, "Answer briefly.")));
        int tokens = 0;
        while (tokens < TOKENS) {
            messages.add(Message.of(messages.size() % 2 == 1 ? Role.USER : Role.ASSISTANT, words(random)));
            tokens += reader.encode(messages.getLast().content().getFirst(), false).length;
        }
        if (messages.getLast().role() == Role.ASSISTANT) {
            messages.add(Message.of(Role.USER, "Why?"));
        }
        ChatRequest chat = ChatRequest.of(messages, LocalDateTime.of(2026, 1, 1, 0, 0));
        GenerationRequest asChat = GenerationRequest.of("chat", new Prompt.Chat(chat), 1);
        GenerationRequest asText = GenerationRequest.of(
                "text", new Prompt.Text(template.render(chat).text()), 1);
        long[] rendering = new long[ROUNDS];
        long[] whole = new long[ROUNDS];
        long[] plain = new long[ROUNDS];
        long sum = 0;
        // The first half warms up.
        for (int i = 0; i < 2 * ROUNDS; i++) {
            long start = System.nanoTime();
            sum += template.render(chat).segments().size();
            long rendered = System.nanoTime();
            sum += reader.prompts(asChat).size();
            long read = System.nanoTime();
            sum += reader.prompts(asText).size();
            long end = System.nanoTime();
            rendering[i % ROUNDS] = rendered - start;
            whole[i % ROUNDS] = read - rendered;
            plain[i % ROUNDS] = end - read;
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %d messages, %d tokens; render %s, chat to tokens %s, text to tokens %s, chat adds %.3f ms (%d)%n",
                name,
                messages.size(),
                reader.prompts(asChat).getFirst().ids().length,
                text(rendering),
                text(whole),
                text(plain),
                (median(whole) - median(plain)) / 1e6,
                sum % 10);
    }

    private static String words(Random random) {
        StringBuilder text = new StringBuilder();
        for (int count = 20 + random.nextInt(200); count > 0; count--) {
            text.append(text.isEmpty() ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.append('.').toString();
    }

    private static String text(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT, "%.3f ms (99 %%: %.3f)", median(nanos) / 1e6, sorted[sorted.length * 99 / 100] / 1e6);
    }

    private static long median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
