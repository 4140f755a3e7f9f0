package dev.altiplano.engine.grammar.program;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.rule.Grammar;
import dev.altiplano.engine.grammar.rule.Rule;
import dev.altiplano.engine.grammar.rule.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles a grammar: joins regular parts to automata, leaves out what can never be completed, refuses left recursion. */
public final class ProgramCompiler {

    private static final long NODE_BYTES = 64;

    private final Grammar grammar;
    private final Budget budget;
    private final RegularRules regulars;
    private final ProductiveRules productive;
    private final Map<Regular, Terminal> terminals = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Node> entries = new ArrayList<>();
    /** By what they are made of. */
    private final Map<List<Object>, Node> nodes = new HashMap<>();

    private ProgramCompiler(Grammar grammar, Budget budget) {
        this.grammar = grammar;
        this.budget = budget;
        regulars = new RegularRules(grammar, budget);
        productive = new ProductiveRules(grammar, regulars, budget);
    }

    public static Program compile(Grammar grammar, Budget budget) {
        return new ProgramCompiler(grammar, budget).compile();
    }

    private Program compile() {
        if (!productive.productive(new Rule.Reference(grammar.root()))) {
            throw new GrammarException("no finite text satisfies the grammar: rule \""
                    + GrammarException.shorten(grammar.root()) + "\" contradicts itself or never ends");
        }
        int root = number(grammar.root());
        for (int i = 0; i < names.size(); i++) {
            entries.add(node(RegularRules.rule(grammar, names.get(i)), Node.RETURN));
        }
        Node[] all = entries.toArray(Node[]::new);
        new LeftRecursion(all, names, budget).check();
        return new Program(all, root, bytes());
    }

    private long bytes() {
        Set<Dfa> automata = new HashSet<>();
        for (Node node : nodes.values()) {
            if (node instanceof Node.Match match) {
                automata.add(match.terminal().dfa());
            }
        }
        return NODE_BYTES * nodes.size()
                + automata.stream().mapToLong(Dfa::bytes).sum();
    }

    private int number(String name) {
        return numbers.computeIfAbsent(name, key -> {
            names.add(key);
            return names.size() - 1;
        });
    }

    private Node node(Rule rule, Node next) {
        budget.states(1);
        Regular regular = rule instanceof Rule.Token ? null : regulars.regular(rule);
        if (regular != null) {
            return match(regular, next);
        }
        return switch (rule) {
            case Rule.Token(Terminal terminal) -> match(terminal, next);
            case Rule.Text(Regular text) -> structure(text, next);
            case Rule.Reference(String name) -> {
                int number = number(name);
                yield shared(new Node.Call(number, next), number, next);
            }
            case Rule.Sequence(List<Rule> parts) -> sequence(parts, next);
            case Rule.Choice(List<Rule> options) -> choice(options, next);
            case Rule.Repeat repeat -> repeat(repeat, next);
            case Rule.Fields fields -> fields(fields, next);
        };
    }

    private Node match(Regular regular, Node next) {
        if (regular.equals(Regular.EMPTY)) {
            return next;
        }
        Terminal terminal = terminals.get(regular);
        if (terminal == null) {
            terminal = new Terminal(Automata.utf8(regular, budget));
            terminals.put(regular, terminal);
        }
        return match(terminal, next);
    }

    private Node match(Terminal terminal, Node next) {
        return shared(new Node.Match(terminal, next), terminal, next);
    }

    private Node branch(Node... options) {
        return shared(new Node.Branch(options), (Object[]) options);
    }

    /** Places behind which the same comes are one place, so that alternatives that are written twice are not read twice. */
    private Node shared(Node made, Object... parts) {
        Node known = nodes.putIfAbsent(List.of(parts), made);
        return known == null ? made : known;
    }

    /** A regular expression too large for one automaton, in pieces. */
    private Node structure(Regular regular, Node next) {
        Rule rule = switch (regular) {
            case Regular.Chars chars -> new Rule.Text(chars);
            case Regular.Concat(List<Regular> parts) -> new Rule.Sequence(texts(parts));
            case Regular.Either(List<Regular> options) -> new Rule.Choice(texts(options));
            case Regular.Repeat(Regular body, int min, int max) -> new Rule.Repeat(new Rule.Text(body), null, min, max);
        };
        return node(rule, next);
    }

    private static List<Rule> texts(List<Regular> parts) {
        List<Rule> texts = new ArrayList<>();
        for (Regular part : parts) {
            texts.add(new Rule.Text(part));
        }
        return texts;
    }

    private Node sequence(List<Rule> parts, Node next) {
        Node entry = next;
        for (int to = parts.size(); to > 0; ) {
            int from = to - 1;
            Regular joined = joined(parts, from, to);
            while (joined != null && from > 0) {
                Regular longer = joined(parts, from - 1, to);
                if (longer == null) {
                    break;
                }
                joined = longer;
                from--;
            }
            entry = joined != null ? match(joined, entry) : node(parts.get(from), entry);
            to = from;
        }
        return entry;
    }

    private @Nullable Regular joined(List<Rule> parts, int from, int to) {
        return regulars.regular(to == from + 1 ? parts.get(from) : new Rule.Sequence(parts.subList(from, to)));
    }

    private Node choice(List<Rule> rules, Node next) {
        List<Node> options = new ArrayList<>();
        List<Rule> regular = new ArrayList<>();
        for (Rule rule : rules) {
            if (!productive.productive(rule)) {
                continue;
            }
            if (regulars.regular(rule) != null) {
                regular.add(rule);
            } else {
                options.add(node(rule, next));
            }
        }
        if (!regular.isEmpty()) {
            Regular all = regulars.regular(new Rule.Choice(regular));
            if (all != null) {
                options.add(match(all, next));
            } else {
                regular.forEach(rule -> options.add(node(rule, next)));
            }
        }
        return options.size() == 1 ? options.getFirst() : branch(options.toArray(Node[]::new));
    }

    private Node repeat(Rule.Repeat repeat, Node next) {
        Rule separator = repeat.separator();
        int max = repeat.max() == Rule.UNBOUNDED ? Integer.MAX_VALUE : repeat.max();
        if (max == 0 || !productive.productive(repeat.body())) {
            return next;
        }
        if (separator != null && !productive.productive(separator)) {
            max = 1;
        }
        Node body = node(repeat.body(), Node.RETURN);
        Node again = separator == null ? body : node(separator, body);
        return shared(new Node.Loop(body, again, repeat.min(), max, next), body, again, repeat.min(), max, next);
    }

    /**
     * Each field has one node, entered directly when it is the first and after a separator when it is not. Where optional fields are
     * bounded it has one for each number of them that may still come.
     */
    private Node fields(Rule.Fields fields, Node next) {
        int bounded = fields.maxOptional() == Rule.UNBOUNDED ? 0 : 1;
        int most = bounded * fields.maxOptional();
        Node first = fields.notEmpty() ? branch() : next;
        Node[] later = new Node[most + 1];
        Arrays.fill(later, next);
        for (int i = fields.fields().size() - 1; i >= 0; i--) {
            Rule.Field field = fields.fields().get(i);
            if (!productive.productive(field.rule())) {
                continue;
            }
            int counted = field.required() ? 0 : bounded;
            for (int left = most; left >= counted; left--) {
                Node entry = node(field.rule(), later[left - counted]);
                Node separated = node(fields.separator(), entry);
                if (left == most) {
                    first = field.required() ? entry : branch(entry, first);
                }
                later[left] = field.required() ? separated : branch(separated, later[left]);
            }
        }
        return first;
    }
}
