package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GbnfGrammarTest {

    private static final String JSON = """
            # any JSON value
            root   ::= object
            value  ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
            array  ::= "[" ws ( value ("," ws value)* )? "]" ws
            string ::= "\\"" ( [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
            ws ::= | " " | "\\n" [ \\t]{0,20}
            """;

    private static final String CHESS = """
            root ::= "1. " move " " move "\\n" ([1-9] [0-9]? ". " move " " move "\\n")+
            move ::= (pawn | nonpawn | castle) [+#]?
            nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
            pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
            castle ::= "O-O" "-O"?
            """;

    private static final String SUMS = """
            root ::= (expr "=" ws term "\\n")+
            expr ::= term ([-+*/] term)*   # a comment
            term ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num ::= [0-9]+ ws
            ws ::= [ \\t\\n]*
            """;

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"a\":[1,2.5,{\"b\": null}]}", "{\n  \"x\":\"\\u00e9\\n\"}"})
    void takesJson(String text) {
        assertThat(matches(JSON, text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"a\":}", "{\"a\":1,}", "{\"a\":01.}", "{"})
    void refusesWhatIsNotJson(String text) {
        assertThat(matches(JSON, text)).isFalse();
    }

    @Test
    void takesPublishedGrammars() {
        assertThat(matches(CHESS, "1. e4 e5\n2. Nf3 Nc6\n3. O-O exd4+\n")).isTrue();
        assertThat(matches(CHESS, "1. e9 e5\n")).isFalse();
        assertThat(matches(SUMS, "(a +b1)*2 = 42\n")).isTrue();
        assertThat(matches(SUMS, "((((1))))=x\n")).isTrue();
        assertThat(matches(SUMS, "(((1)=x\n")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "root ::= 'a'{2,3}#aa#true",
                "root ::= 'a'{2,3}#aaaa#false",
                "root ::= 'a'{2,}#aaaaa#true",
                "root ::= 'a'{,2}#a#true",
                "root ::= ('a' | 'b' x)+ $x ::= 'c'#abca#true",
                "root ::= [^a-c\\x41]#A#false",
                "root ::= [^a-c]#ä#true",
                "root ::= '\\u00e4'#ä#true",
                "root ::= '\\U0001F600'#😀#true",
                "root ::= [a\\]-]+#]-a#true",
                "root ::= ( 'a' $ | 'b' )#b#true",
                "root ::= 'a' | $ 'b'#b#true",
                "root ::= 'x' root 'y' | ''#xxyy#true",
                "root ::= 'x' root 'y' | ''#xxy#false",
                "root ::= 'x' root | 'y'#xxxxy#true",
                "root ::= .#€#true",
                "root ::= x{0,3} $x ::= y? $y ::= 'a' | '(' x ')'#(a)a((a))#true",
                "root ::= x{0,3} $x ::= y? $y ::= 'a' | '(' x ')'#aaaa#false",
                "root ::= x{5,9} $x ::= y? $y ::= 'a' | '(' x ')'#a#true"
            })
    void followsTheSyntax(String grammar, String text, boolean matches) {
        assertThat(matches(grammar.replace('\'', '"').replace('$', '\n'), text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "root ::= root 'a' | 'a'#left recursion",
                "root ::= x $x ::= y? x 'a' | 'b' $y ::= 'c'#left recursion",
                "root ::= 'a' root#no finite text",
                "root ::= x#not defined",
                "other ::= 'a'#no rule \"root\"",
                "root ::= 'a#closing quotation mark",
                "root ::= [a#closing ]",
                "root ::= 'a' $root ::= 'b'#defined twice",
                "root ::= ('a'#expected",
                "root ::= 'a'{3,2}#below its minimum",
                "root ::= 'a'{99999999}#more than",
                "root ::= 'a' ] #unexpected",
                "root ::= '\\q'#not known",
                "root ::= <think>#not supported"
            })
    void refuses(String grammar, String reason) {
        assertThatThrownBy(() -> compile(grammar.replace('\'', '"').replace('$', '\n')))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void survivesHostileGrammars() {
        assertThatThrownBy(() -> compile("root ::= " + "(".repeat(10_000)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("maxDepth");
        StringBuilder chain = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 500; i++) {
            chain.append("r")
                    .append(i)
                    .append(" ::= \"(\" r0? \")\" | r")
                    .append(i + 1)
                    .append("\n");
        }
        chain.append("r500 ::= \"x\"\n");
        assertThat(matches(chain.toString(), "(())")).isTrue();
        assertThat(matches("root ::= ((\"a\"{0,1000} \"b\"?){0,1000} \"c\"?){0,1000}", "aabac"))
                .isTrue();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void countsOfNothingAreNothing() {
        for (String nothing : List.of("\"\"", "()", "(\"\" | ())", "x", "\"a\"{0}")) {
            String grammar = "root ::= \"a\" " + nothing + "{1000000}{1000000}{1000000} \"b\"\nx ::= \"\"";
            assertThat(matches(grammar, "ab")).as(grammar).isTrue();
            assertThat(matches(grammar, "aab")).as(grammar).isFalse();
        }
    }

    private static boolean matches(String grammar, String text) {
        return RegexGrammarTest.matches(compile(grammar), text);
    }

    private static CompiledGrammar compile(String grammar) {
        return CompiledGrammar.compile(new GrammarSource.Gbnf(grammar), GrammarLimits.DEFAULT);
    }
}
