package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.syntax.Token.Kind;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.tree.Body;
import dev.altiplano.engine.chat.template.tree.Captured;
import dev.altiplano.engine.chat.template.tree.Expression;
import dev.altiplano.engine.chat.template.tree.For;
import dev.altiplano.engine.chat.template.tree.Invocation;
import dev.altiplano.engine.chat.template.tree.Macro;
import dev.altiplano.engine.chat.template.tree.Operation;
import dev.altiplano.engine.chat.template.tree.Statement;
import dev.altiplano.engine.chat.template.tree.Statement.End;
import dev.altiplano.engine.chat.template.tree.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses a template: text, output, tags. */
public final class StatementParser {

    private final TokenStream tokens;
    private final UnknownNames unknown = new UnknownNames();
    private final ExpressionParser expressions;
    /** How many loops are open in the macro at hand. */
    private int loops;
    /** How many tags are open that have variables of their own. */
    private int scopes;

    private final Set<String> blocks = new HashSet<>();

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens, unknown);
    }

    /** The whole template. */
    public static Body parse(String source, Dialect dialect) {
        TokenStream tokens = new TokenStream(new Lexer(source, dialect));
        StatementParser parser = new StatementParser(tokens);
        Body body = parser.body("the template", Set.of());
        parser.unknown.refuse();
        return body;
    }

    /** Statements up to a tag named in {@code ends}, whose name is then the current token; up to the end of the template where there is none. */
    private Body body(String opened, Set<String> ends) {
        int before = tokens.startDeepest();
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            tokens.beginExpression();
            switch (token.kind()) {
                case DATA -> {
                    tokens.advance();
                    statements.add(new Statement.Data(Text.trusted(token.text())));
                }
                case OUTPUT_BEGIN -> {
                    tokens.advance();
                    Expression value = expressions.tuple(true, false);
                    tokens.expect(Kind.OUTPUT_END);
                    statements.add(new Statement.Output(value, token.line(), token.column()));
                }
                case TAG_BEGIN -> {
                    tokens.advance();
                    if (tokens.current().kind() == Kind.NAME
                            && ends.contains(tokens.current().text())) {
                        tokens.leave();
                        return new Body(List.copyOf(statements), tokens.endDeepest(before));
                    }
                    statements.add(tag());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw token.wrong("the template ends inside " + opened + ": '{% "
                                + ends.stream()
                                        .sorted()
                                        .reduce((a, b) -> b.startsWith("end") ? b : a)
                                        .orElse("") + " %}' is missing");
                    }
                    tokens.leave();
                    return new Body(List.copyOf(statements), tokens.endDeepest(before));
                }
            }
        }
    }

    /** A body with its end tag. */
    private Body block(String opened, String end) {
        tokens.expect(Kind.TAG_END);
        Body body = body(opened, Set.of(end));
        tokens.advance();
        tokens.expect(Kind.TAG_END);
        return body;
    }

    private Statement tag() {
        Token token = tokens.current();
        String name = tokens.expectName("a tag's name");
        return switch (name) {
            case "if" -> conditional(token);
            case "for" -> loop(token);
            case "set" -> set(token);
            case "macro" -> macro(token);
            case "call" -> call(token);
            case "filter" -> filter(token);
            case "with" -> with(token);
            case "block" -> templateBlock(token);
            case "autoescape" -> unescaped(token);
            case "generation" -> new Statement.Scoped(List.of(), List.of(), block(opened(token), "endgeneration"));
            case "print" -> {
                List<Expression> printed = new ArrayList<>();
                do {
                    printed.add(expressions.expression());
                } while (tokens.takeSign(","));
                tokens.expect(Kind.TAG_END);
                yield new Statement.Output(
                        new Operation.Concatenation(List.copyOf(printed)), token.line(), token.column());
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw token.wrong("'" + name + "' is outside of a loop");
                }
                tokens.expect(Kind.TAG_END);
                yield new Statement.Jump(name.equals("break") ? End.BREAK : End.CONTINUE);
            }
            default -> throw token.wrong(unknownTag(name));
        };
    }

    private static String unknownTag(String name) {
        return switch (name) {
            case "include", "import", "from", "extends" ->
                "the tag '" + name + "' needs other templates, and there are none here";
            case "else",
                    "elif",
                    "endif",
                    "endfor",
                    "endmacro",
                    "endset",
                    "endcall",
                    "endfilter",
                    "endwith",
                    "endgeneration",
                    "endblock",
                    "endautoescape",
                    "endraw" -> "'" + name + "' without the tag that it belongs to";
            default -> "there is no tag '" + name + "'";
        };
    }

    private static String opened(Token token) {
        return "'" + token.text() + "' of line " + token.line();
    }

    private Statement conditional(Token token) {
        List<Expression> conditions = new ArrayList<>();
        List<Body> bodies = new ArrayList<>();
        Body otherwise = null;
        String end = "elif";
        int required = unknown.count();
        while (end.equals("elif")) {
            conditions.add(expressions.tuple(false, false));
            tokens.expect(Kind.TAG_END);
            bodies.add(body(opened(token), Set.of("elif", "else", "endif")));
            end = tokens.expectName("a tag");
        }
        if (end.equals("else")) {
            tokens.expect(Kind.TAG_END);
            otherwise = body(opened(token), Set.of("endif"));
            tokens.advance();
        }
        tokens.expect(Kind.TAG_END);
        unknown.forgive(required);
        return new Statement.If(List.copyOf(conditions), List.copyOf(bodies), otherwise);
    }

    private Statement loop(Token token) {
        Target target = targets(false);
        if (!tokens.takeName("in")) {
            throw tokens.current()
                    .wrong("expected 'in', found " + tokens.current().describe());
        }
        Expression walked = expressions.tuple(false, false);
        Expression condition = tokens.takeName("if") ? expressions.expression() : null;
        boolean recursive = tokens.takeName("recursive");
        tokens.expect(Kind.TAG_END);
        loops++;
        scopes++;
        Body body = body(opened(token), Set.of("else", "endfor"));
        scopes--;
        loops--;
        Body otherwise = null;
        if (tokens.expectName("a tag").equals("else")) {
            tokens.expect(Kind.TAG_END);
            otherwise = body(opened(token), Set.of("endfor"));
            tokens.advance();
        }
        tokens.expect(Kind.TAG_END);
        return new For(target, walked, condition, body, otherwise, recursive, token.line(), token.column());
    }

    private Statement set(Token token) {
        Target target = targets(true);
        if (tokens.takeSign("=")) {
            Expression value = expressions.tuple(true, false);
            tokens.expect(Kind.TAG_END);
            return new Statement.Set(target, value);
        }
        Expression filters = tokens.current().isSign("|") ? filters(new Captured()) : null;
        return new Statement.SetBlock(target, block(opened(token), "endset"), filters);
    }

    private Expression filters(Expression input) {
        Expression value = input;
        while (tokens.current().isSign("|")) {
            value = expressions.filter(value);
        }
        return value;
    }

    private Statement filter(Token token) {
        Expression filters = filters(expressions.namedFilter(new Captured()));
        return new Statement.FilterBlock(block(opened(token), "endfilter"), filters);
    }

    private Statement with(Token token) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (tokens.current().kind() != Kind.TAG_END) {
            if (!targets.isEmpty()) {
                tokens.expectSign(",");
            }
            targets.add(target(false));
            tokens.expectSign("=");
            values.add(expressions.expression());
        }
        scopes++;
        Body body = block(opened(token), "endwith");
        scopes--;
        return new Statement.Scoped(List.copyOf(targets), List.copyOf(values), body);
    }

    /** A block, which no other template replaces here. It sees the template's variables, and a loop's where it says so. */
    private Statement templateBlock(Token token) {
        Token at = tokens.current();
        String name = tokens.expectName("the block's name");
        if (!blocks.add(name)) {
            throw at.wrong("there are two blocks '" + name + "'");
        }
        if (!tokens.takeName("scoped") && scopes > 0) {
            throw at.wrong("the block '" + name + "' is inside a tag with variables of its own: call it scoped");
        }
        int outside = loops;
        loops = 0;
        tokens.expect(Kind.TAG_END);
        Body body = body(opened(token), Set.of("endblock"));
        loops = outside;
        tokens.advance();
        if (tokens.current().isName(name)) {
            tokens.advance();
        }
        tokens.expect(Kind.TAG_END);
        return new Statement.Scoped(List.of(), List.of(), body);
    }

    private Statement unescaped(Token token) {
        Token escapes = tokens.current();
        if (!tokens.takeName("false") && !tokens.takeName("False")) {
            throw escapes.wrong("'autoescape' can only be false: a prompt is no HTML");
        }
        return new Statement.Scoped(List.of(), List.of(), block(opened(token), "endautoescape"));
    }

    private Statement macro(Token token) {
        String name = tokens.expectName("the macro's name");
        MacroBody macro = macroBody(name, token, "endmacro");
        return new Statement.MacroDefinition(macro.signature(), macro.body());
    }

    private Statement call(Token token) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.current().isSign("(")) {
            parameters(parameters, defaults);
        }
        Token start = tokens.current();
        Expression called = expressions.expression();
        if (!(called instanceof Expression.Placed placed) || !(placed.expression() instanceof Invocation.Call call)) {
            throw start.wrong("'call' needs the call of a macro");
        }
        int outside = loops;
        loops = 0;
        scopes++;
        Body body = block(opened(token), "endcall");
        scopes--;
        loops = outside;
        return new Statement.CallBlock(
                new Macro.Signature("caller", List.copyOf(parameters), List.copyOf(defaults), false, false),
                body,
                call,
                token.line(),
                token.column());
    }

    private record MacroBody(Macro.Signature signature, Body body) {}

    private MacroBody macroBody(String name, Token token, String end) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        parameters(parameters, defaults);
        int outside = loops;
        loops = 0;
        TokenStream.Seen seen = tokens.beginSeen();
        scopes++;
        Body body = block(opened(token), end);
        scopes--;
        loops = outside;
        boolean takesMore = tokens.seen().varargs();
        boolean takesMoreNamed = tokens.seen().kwargs();
        tokens.endSeen(seen);
        return new MacroBody(
                new Macro.Signature(name, List.copyOf(parameters), List.copyOf(defaults), takesMore, takesMoreNamed),
                body);
    }

    private void parameters(List<String> parameters, List<Expression> defaults) {
        tokens.expectSign("(");
        while (!tokens.takeSign(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectSign(",");
            }
            Token token = tokens.current();
            parameters.add(tokens.expectName("a parameter's name"));
            if (tokens.takeSign("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw token.wrong("a parameter without default follows one with default");
            }
        }
    }

    /** One target, or several with commas between. */
    private Target targets(boolean takesNamespace) {
        Token start = tokens.current();
        Target first = target(takesNamespace);
        if (!tokens.current().isSign(",")) {
            return first;
        }
        List<Target> all = new ArrayList<>(List.of(first));
        while (tokens.takeSign(",")) {
            if (tokens.current().isSign("=") || tokens.current().isName("in")) {
                break;
            }
            all.add(target(takesNamespace));
        }
        return new Target.Parts(List.copyOf(all), start.line(), start.column());
    }

    private Target target(boolean takesNamespace) {
        Token token = tokens.current();
        if (tokens.takeSign("(")) {
            tokens.enter();
            Target inside = targets(takesNamespace);
            tokens.leave();
            tokens.expectSign(")");
            return inside;
        }
        String name = tokens.expectName("a name to set");
        if (Set.of("true", "false", "none", "True", "False", "None", "loop").contains(name)) {
            throw token.wrong("'" + name + "' cannot be set");
        }
        if (takesNamespace && tokens.takeSign(".")) {
            return new Target.NamespaceAttribute(
                    name, tokens.expectName("an attribute's name"), token.line(), token.column());
        }
        return new Target.Name(name);
    }
}
