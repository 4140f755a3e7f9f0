package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.filter.Filter;
import dev.altiplano.engine.chat.template.filter.Filters;
import dev.altiplano.engine.chat.template.filter.Tests;
import dev.altiplano.engine.chat.template.filter.ValueTest;
import dev.altiplano.engine.chat.template.syntax.Token.Kind;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.tree.Expression;
import dev.altiplano.engine.chat.template.tree.Expression.Constant;
import dev.altiplano.engine.chat.template.tree.Expression.Placed;
import dev.altiplano.engine.chat.template.tree.Invocation;
import dev.altiplano.engine.chat.template.tree.Invocation.ArgumentList;
import dev.altiplano.engine.chat.template.tree.Operation;
import dev.altiplano.engine.chat.template.value.Arithmetic;
import dev.altiplano.engine.chat.template.value.Relation;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses expressions by recursive descent with Jinja's precedence, loosest first: if, or, not, comparison, + -, ~, * / // %, **, sign, filter. */
final class ExpressionParser {

    private static final Expression NONE = new Constant(None.NONE);
    private static final Map<String, Relation> RELATIONS = Map.of(
            "==", Relation.EQUAL,
            "!=", Relation.NOT_EQUAL,
            "<", Relation.LESS,
            "<=", Relation.LESS_OR_EQUAL,
            ">", Relation.GREATER,
            ">=", Relation.GREATER_OR_EQUAL);

    private final TokenStream tokens;
    private final UnknownNames unknown;

    /** @param unknown takes filters and tests that there are not */
    ExpressionParser(TokenStream tokens, UnknownNames unknown) {
        this.tokens = tokens;
        this.unknown = unknown;
    }

    Expression expression() {
        tokens.enter();
        Token start = tokens.current();
        int before = unknown.count();
        Expression value = or();
        boolean conditional = false;
        while (tokens.takeName("if")) {
            conditional = true;
            Expression condition = or();
            Expression otherwise = tokens.takeName("else")
                    ? expression()
                    : new Constant(new Undefined("the inline if at line " + start.line() + " has no else"));
            value = new Operation.Conditional(condition, value, otherwise);
        }
        if (conditional) {
            unknown.forgive(before);
        }
        tokens.leave();
        return value;
    }

    /** An expression, or several with commas between: a tuple. Ends before {@code end} where it is a name. */
    Expression tuple(boolean takesIf, boolean inBrackets) {
        List<Expression> items = new ArrayList<>();
        boolean several = false;
        while (!endsTuple()) {
            items.add(takesIf ? expression() : orNested());
            if (!tokens.takeSign(",")) {
                break;
            }
            several = true;
        }
        if (!several && items.size() == 1) {
            return items.getFirst();
        }
        if (items.isEmpty() && !inBrackets) {
            throw tokens.current()
                    .wrong("expected an expression, found " + tokens.current().describe());
        }
        return new Operation.ListDisplay(List.copyOf(items), Items.Kind.TUPLE);
    }

    private Expression orNested() {
        tokens.enter();
        Expression value = or();
        tokens.leave();
        return value;
    }

    private boolean endsTuple() {
        Token token = tokens.current();
        return token.kind() == Kind.OUTPUT_END
                || token.kind() == Kind.TAG_END
                || token.isSign(")")
                || token.isName("recursive");
    }

    private Expression or() {
        Expression left = and();
        while (tokens.takeName("or")) {
            left = tokens.chained(new Operation.Or(left, and()));
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.takeName("and")) {
            left = tokens.chained(new Operation.And(left, not()));
        }
        return left;
    }

    private Expression not() {
        if (tokens.takeName("not")) {
            tokens.enter();
            Expression negated = new Operation.Not(not());
            tokens.leave();
            return negated;
        }
        return comparison();
    }

    private Expression comparison() {
        Token start = tokens.current();
        Expression first = sum();
        List<Relation> relations = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            Relation relation = relation();
            if (relation == null) {
                break;
            }
            relations.add(relation);
            operands.add(sum());
        }
        return relations.isEmpty()
                ? first
                : placed(start, new Operation.Comparison(first, List.copyOf(relations), List.copyOf(operands)));
    }

    private @Nullable Relation relation() {
        Token token = tokens.current();
        if (token.kind() == Kind.SIGN && RELATIONS.containsKey(token.text())) {
            tokens.advance();
            return RELATIONS.get(token.text());
        }
        if (tokens.takeName("in")) {
            return Relation.IN;
        }
        if (token.isName("not") && tokens.following().isName("in")) {
            tokens.advance();
            tokens.advance();
            return Relation.NOT_IN;
        }
        return null;
    }

    private Expression sum() {
        Expression left = concatenation();
        while (true) {
            Token token = tokens.current();
            if (tokens.takeSign("+")) {
                left = binary(token, Arithmetic.ADD, left, concatenation());
            } else if (tokens.takeSign("-")) {
                left = binary(token, Arithmetic.SUBTRACT, left, concatenation());
            } else {
                return left;
            }
        }
    }

    private Expression concatenation() {
        Token start = tokens.current();
        Expression first = product();
        if (!tokens.current().isSign("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>();
        parts.add(first);
        while (tokens.takeSign("~")) {
            parts.add(product());
        }
        return placed(start, new Operation.Concatenation(List.copyOf(parts)));
    }

    private Expression product() {
        Expression left = power();
        while (true) {
            Token token = tokens.current();
            Arithmetic operator = switch (token.kind() == Kind.SIGN ? token.text() : "") {
                case "*" -> Arithmetic.MULTIPLY;
                case "/" -> Arithmetic.DIVIDE;
                case "//" -> Arithmetic.FLOOR_DIVIDE;
                case "%" -> Arithmetic.REMAINDER;
                default -> null;
            };
            if (operator == null) {
                return left;
            }
            tokens.advance();
            left = binary(token, operator, left, power());
        }
    }

    private Expression power() {
        Expression left = unary(true);
        for (Token token = tokens.current(); tokens.takeSign("**"); token = tokens.current()) {
            left = binary(token, Arithmetic.POWER, left, unary(true));
        }
        return left;
    }

    private Expression binary(Token token, Arithmetic operator, Expression left, Expression right) {
        return placed(token, tokens.chained(new Operation.Binary(operator, left, right)));
    }

    private Expression unary(boolean takesFilters) {
        Token token = tokens.current();
        Expression operand;
        if (tokens.takeSign("-") || tokens.takeSign("+")) {
            tokens.enter();
            operand = placed(token, new Operation.Signed(unary(false), token.isSign("-")));
            tokens.leave();
        } else {
            operand = primary();
        }
        operand = postfix(operand);
        return takesFilters ? filters(operand) : operand;
    }

    private Expression primary() {
        Token token = tokens.current();
        tokens.advance();
        return switch (token.kind()) {
            case NAME -> {
                yield switch (token.text()) {
                    case "true", "True" -> new Constant(Values.truth(true));
                    case "false", "False" -> new Constant(Values.truth(false));
                    case "none", "None" -> NONE;
                    default -> new Expression.Variable(token.text().intern());
                };
            }
            case STRING -> {
                StringBuilder string = new StringBuilder(token.text());
                while (tokens.current().kind() == Kind.STRING) {
                    string.append(tokens.current().text());
                    tokens.advance();
                }
                yield new Constant(Text.trusted(string.toString()));
            }
            case INTEGER, REAL -> {
                yield new Constant(token.number());
            }
            default -> {
                if (token.isSign("(")) {
                    Expression inside = tuple(true, true);
                    tokens.expectSign(")");
                    yield inside;
                }
                if (token.isSign("[")) {
                    yield list();
                }
                if (token.isSign("{")) {
                    yield dict();
                }
                throw token.wrong("expected an expression, found " + token.describe());
            }
        };
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.takeSign("]")) {
            if (!items.isEmpty()) {
                tokens.expectSign(",");
                if (tokens.takeSign("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        return new Operation.ListDisplay(List.copyOf(items), Items.Kind.LIST);
    }

    private Expression dict() {
        Token start = tokens.current();
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.takeSign("}")) {
            if (!keys.isEmpty()) {
                tokens.expectSign(",");
                if (tokens.takeSign("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expectSign(":");
            values.add(expression());
        }
        return placed(start, new Operation.DictDisplay(List.copyOf(keys), List.copyOf(values)));
    }

    /** Attributes, items and calls behind a value. */
    Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            Token token = tokens.current();
            if (tokens.takeSign(".")) {
                value = placed(token, tokens.chained(attribute(value)));
            } else if (tokens.takeSign("[")) {
                value = placed(token, tokens.chained(subscript(value)));
            } else if (token.isSign("(")) {
                value = placed(token, tokens.chained(new Invocation.Call(value, arguments())));
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression of) {
        Token name = tokens.current();
        tokens.advance();
        return switch (name.kind()) {
            case NAME -> new Expression.Attribute(of, name.text().intern(), Text.trusted(name.text()));
            case INTEGER -> new Expression.Item(of, new Constant(name.number()));
            default -> throw name.wrong("expected a name after '.', found " + name.describe());
        };
    }

    private Expression subscript(Expression of) {
        List<Expression> keys = new ArrayList<>();
        while (!tokens.takeSign("]")) {
            if (!keys.isEmpty()) {
                tokens.expectSign(",");
            }
            Expression start = tokens.current().isSign(":") ? NONE : expression();
            if (tokens.takeSign(":")) {
                Expression stop = endsSlicePart() ? NONE : expression();
                Expression step = tokens.takeSign(":") && !endsSlicePart() ? expression() : NONE;
                tokens.expectSign("]");
                return new Expression.Slice(of, start, stop, step);
            }
            keys.add(start);
        }
        return switch (keys.size()) {
            case 0 -> throw tokens.current().wrong("expected a key between '[' and ']'");
            case 1 -> new Expression.Item(of, keys.getFirst());
            default -> new Expression.Item(of, new Operation.ListDisplay(List.copyOf(keys), Items.Kind.TUPLE));
        };
    }

    private boolean endsSlicePart() {
        return tokens.current().isSign(":") || tokens.current().isSign("]");
    }

    /** Filters, tests and calls behind a value. */
    private Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            Token token = tokens.current();
            if (token.isSign("|")) {
                value = filter(value);
            } else if (token.isName("is")) {
                value = test(value);
            } else if (token.isSign("(")) {
                value = placed(token, tokens.chained(new Invocation.Call(value, arguments())));
            } else {
                return value;
            }
        }
    }

    /** One filter, beginning with its sign {@code |}. */
    Expression filter(Expression input) {
        tokens.expectSign("|");
        return namedFilter(input);
    }

    Expression namedFilter(Expression input) {
        Token token = tokens.current();
        String name = dottedName("a filter's name");
        ArgumentList arguments = tokens.current().isSign("(") ? arguments() : ArgumentList.NONE;
        Filter filter = Filters.named(name);
        if (filter == null) {
            TemplateException refusal = unknown.note(token, Filters.absence(name));
            filter = (rendering, value, values) -> {
                throw refusal;
            };
        }
        return placed(token, tokens.chained(new Invocation.FilterCall(input, filter, arguments)));
    }

    private Expression test(Expression input) {
        tokens.advance();
        boolean negated = tokens.takeName("not");
        Token token = tokens.current();
        String name = dottedName("a test's name");
        ArgumentList arguments = testArguments();
        ValueTest test = Tests.named(name);
        if (test == null) {
            TemplateException refusal = unknown.note(token, "there is no test '" + name + "'");
            test = (rendering, value, values) -> {
                throw refusal;
            };
        }
        Expression tested = placed(token, tokens.chained(new Invocation.TestCall(input, test, arguments)));
        return negated ? new Operation.Not(tested) : tested;
    }

    /** In brackets, or one value without: {@code is divisibleby 3}. */
    private ArgumentList testArguments() {
        Token token = tokens.current();
        if (token.isSign("(")) {
            return arguments();
        }
        boolean begins = switch (token.kind()) {
            case NAME, STRING, INTEGER, REAL -> true;
            default -> token.isSign("[") || token.isSign("{");
        };
        if (!begins || token.isName("else") || token.isName("or") || token.isName("and")) {
            return ArgumentList.NONE;
        }
        if (token.isName("is")) {
            throw token.wrong("tests cannot follow each other; use 'and'");
        }
        tokens.enter();
        Expression argument = postfix(primary());
        tokens.leave();
        return new ArgumentList(List.of(argument), Map.of(), null, null);
    }

    private String dottedName(String what) {
        StringBuilder name = new StringBuilder(tokens.expectName(what));
        while (tokens.takeSign(".")) {
            name.append('.').append(tokens.expectName(what));
        }
        return name.toString();
    }

    /** The arguments of a call, with their brackets. */
    ArgumentList arguments() {
        tokens.expectSign("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression spread = null;
        Expression spreadNamed = null;
        boolean first = true;
        while (!tokens.takeSign(")")) {
            if (!first) {
                tokens.expectSign(",");
                if (tokens.takeSign(")")) {
                    break;
                }
            }
            first = false;
            Token token = tokens.current();
            if (spread == null && spreadNamed == null && tokens.takeSign("*")) {
                spread = expression();
            } else if (spreadNamed == null && tokens.takeSign("**")) {
                spreadNamed = expression();
            } else if (token.kind() == Kind.NAME && tokens.following().isSign("=")) {
                tokens.advance();
                tokens.advance();
                if (named.put(token.text(), expression()) != null) {
                    throw token.wrong("the argument '" + token.text() + "' is given twice");
                }
            } else if (named.isEmpty() && spread == null && spreadNamed == null) {
                positional.add(expression());
            } else {
                throw token.wrong("arguments without a name come before all others");
            }
        }
        return new ArgumentList(List.copyOf(positional), named, spread, spreadNamed);
    }

    private static Expression placed(Token token, Expression expression) {
        return new Placed(expression, token.line(), token.column());
    }
}
