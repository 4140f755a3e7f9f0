package dev.altiplano.training.corpus;

import static dev.altiplano.training.corpus.JsonAnswers.quoted;

import dev.altiplano.training.corpus.Conversation.Assistant;
import dev.altiplano.training.corpus.Conversation.Call;
import dev.altiplano.training.corpus.Conversation.Result;
import dev.altiplano.training.corpus.Conversation.Tool;
import dev.altiplano.training.corpus.Conversation.Turn;
import dev.altiplano.training.corpus.Conversation.User;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Conversations with tools: a question that one of them answers, the call, its result and the answer; or one that needs none. */
final class ToolUses {

    private ToolUses() {}

    /** What there are tools for. Their names and those of their parameters differ from conversation to conversation. */
    private enum Purpose {
        WEATHER(
                List.of("get_weather", "weather", "get_current_weather", "current_weather"),
                List.of("city", "location")),
        TIME(List.of("get_time", "time", "current_time", "clock"), List.of("city", "place")),
        FIND(List.of("find_toy", "find", "find_thing", "search"), List.of("toy", "thing", "query")),
        SUM(List.of("add", "sum", "add_numbers", "plus"), List.of("a,b", "x,y", "left,right")),
        ORDER(List.of("order", "buy", "order_food", "add_to_cart"), List.of("item,count", "food,amount")),
        CALL(List.of("call", "phone", "call_person", "dial"), List.of("name", "person"));

        private final List<String> names;
        private final List<String> parameters;

        Purpose(List<String> names, List<String> parameters) {
            this.names = names;
            this.parameters = parameters;
        }

        Tool tool(Words words) {
            return new Tool(words.pick(names), List.of(words.pick(parameters).split(",")));
        }
    }

    /**
     * A question for a tool.
     *
     * @param values JSON values of the arguments, in the order of the parameters
     */
    private record Task(String question, List<String> values, String result, String answer) {}

    static Conversation conversation(Words words, List<Turn> system) {
        List<Purpose> purposes = words.some(List.of(Purpose.values()), 1 + words.choose(4));
        List<Tool> tools = purposes.stream().map(purpose -> purpose.tool(words)).toList();
        List<Turn> turns = new ArrayList<>(system);
        if (words.oneIn(5)) {
            turns.addAll(SmallTalk.once(words));
            return new Conversation(tools, turns);
        }
        if (words.oneIn(12)) {
            Purpose other = words.pick(List.of(Purpose.values()));
            if (!purposes.contains(other)) {
                turns.add(new User(task(words, other).question()));
                turns.add(new Assistant("I have no tool for that."));
                return new Conversation(tools, turns);
            }
        }
        for (int i = words.oneIn(4) ? 2 : 1; i > 0; i--) {
            int chosen = words.choose(purposes.size());
            use(words, turns, purposes.get(chosen), tools.get(chosen));
        }
        return new Conversation(tools, turns);
    }

    private static void use(Words words, List<Turn> turns, Purpose purpose, Tool tool) {
        Task task = task(words, purpose);
        turns.add(new User(task.question()));
        String arguments = IntStream.range(0, task.values().size())
                .mapToObj(i ->
                        quoted(tool.parameters().get(i)) + ": " + task.values().get(i))
                .collect(Collectors.joining(", ", "{", "}"));
        turns.add(new Call(tool.name(), arguments));
        turns.add(new Result(task.result()));
        turns.add(new Assistant(task.answer()));
    }

    private static Task task(Words words, Purpose purpose) {
        return switch (purpose) {
            case WEATHER -> weather(words, words.city());
            case TIME -> {
                String city = words.city();
                String time = (1 + words.choose(23)) + ":" + (10 + words.choose(50));
                yield new Task(
                        words.pick(List.of("What time is it in ", "What is the time in ")) + city + "?",
                        List.of(quoted(city)),
                        words.oneIn(2) ? time : "{\"time\": " + quoted(time) + "}",
                        "It is " + time + " in " + city + ".");
            }
            case FIND -> {
                String toy = words.pick(Lexicon.TOYS);
                String room = words.pick(Lexicon.ROOMS);
                yield new Task(
                        words.pick(List.of("Where is my ", "Can you find my ", "Have you seen my ")) + toy + "?",
                        List.of(quoted(toy)),
                        words.oneIn(2) ? room : "{\"place\": " + quoted(room) + "}",
                        "Your " + toy + " is " + room + ".");
            }
            case SUM -> {
                int left = 20 + words.choose(words.oneIn(2) ? 80 : 900);
                int right = 20 + words.choose(words.oneIn(2) ? 80 : 900);
                int sum = left + right;
                yield new Task(
                        words.pick(List.of("What is ", "How much is ")) + left + words.pick(List.of(" plus ", " + "))
                                + right + "?",
                        List.of("" + left, "" + right),
                        words.oneIn(2) ? "" + sum : "{\"result\": " + sum + "}",
                        "It is " + sum + ".");
            }
            case ORDER -> {
                int count = 2 + words.choose(20);
                String snack = words.pick(Lexicon.SNACKS);
                yield new Task(
                        words.pick(List.of("Order ", "Buy ", "Please order ", "I want ")) + count + " "
                                + Lexicon.plural(snack) + ".",
                        List.of(quoted(snack), "" + count),
                        words.oneIn(2) ? "ok" : "{\"status\": \"ok\"}",
                        "I ordered " + count + " " + Lexicon.plural(snack) + ".");
            }
            case CALL -> {
                String name = words.name();
                boolean answers = words.oneIn(2);
                yield new Task(
                        words.pick(List.of("Call ", "Please call ", "Phone ")) + name + ".",
                        List.of(quoted(name)),
                        answers ? "ok" : "no answer",
                        answers ? "I called " + name + "." : name + " does not answer.");
            }
        };
    }

    private static Task weather(Words words, String city) {
        String sky = words.pick(List.of("sunny", "cloudy", "windy", "foggy", "cold", "warm", "hot", "rainy"));
        int degrees = words.choose(35);
        String question = words.pick(List.of(
                        "What is the weather in ",
                        "What is the weather like in ",
                        "How is the weather in ",
                        "Weather in "))
                + city
                + words.pick(List.of("?", "?", " today?", " now?"));
        List<String> values = List.of(quoted(city));
        return switch (words.choose(3)) {
            case 0 -> new Task(question, values, sky, "It is " + sky + " in " + city + ".");
            case 1 ->
                new Task(question, values, "{\"weather\": " + quoted(sky) + "}", "It is " + sky + " in " + city + ".");
            default ->
                new Task(
                        question,
                        values,
                        words.oneIn(2)
                                ? "{\"weather\": " + quoted(sky) + ", \"degrees\": " + degrees + "}"
                                : sky + ", " + degrees + " degrees",
                        "It is " + sky + " in " + city + ", " + degrees + " degrees.");
        };
    }
}
