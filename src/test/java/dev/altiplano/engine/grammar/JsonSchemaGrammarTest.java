package dev.altiplano.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaGrammarTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{'type':'integer'}~-12~true",
                "{'type':'integer'}~012~false",
                "{'type':'integer'}~1.5~false",
                "{'type':'number'}~-1.5e-7~true",
                "{'type':'integer','minimum':-3,'maximum':12}~-3~true",
                "{'type':'integer','minimum':-3,'maximum':12}~-4~false",
                "{'type':'integer','minimum':-3,'maximum':12}~12~true",
                "{'type':'integer','minimum':-3,'maximum':12}~13~false",
                "{'type':'number','exclusiveMinimum':0.5,'maximum':1.25}~0.5~false",
                "{'type':'number','exclusiveMinimum':0.5,'maximum':1.25}~0.500~false",
                "{'type':'number','exclusiveMinimum':0.5,'maximum':1.25}~0.501~true",
                "{'type':'number','exclusiveMinimum':0.5,'maximum':1.25}~1.250~true",
                "{'type':'number','exclusiveMinimum':0.5,'maximum':1.25}~1.251~false",
                "{'type':'number','maximum':-2.5}~-2.4~false",
                "{'type':'number','maximum':-2.5}~-2.51~true",
                "{'type':'number','minimum':-2.5}~-2.51~false",
                "{'type':'number','minimum':-2.5}~-2.5~true",
                "{'type':'integer','multipleOf':7}~-49~true",
                "{'type':'integer','multipleOf':7}~50~false",
                "{'type':'integer','multipleOf':0.4}~4~true",
                "{'type':'integer','multipleOf':0.4}~5~false",
                "{'type':'number','multipleOf':0.25}~3.75~true",
                "{'type':'number','multipleOf':0.25}~3.7~false",
                "{'type':'number','multipleOf':0.25}~3.5~true",
                "{'type':'string','minLength':2,'maxLength':3}~'ab'~true",
                "{'type':'string','minLength':2,'maxLength':3}~'a'~false",
                "{'type':'string','minLength':2,'maxLength':3}~'😀é\\u0041'~true",
                "{'type':'string','minLength':2,'maxLength':3}~'abcd'~false",
                "{'type':'string','minLength':2,'maxLength':2}~'\\ud83d\\ude00\\n'~true",
                "{'type':'string','pattern':'b+'}~'abc'~true",
                "{'type':'string','pattern':'b+'}~'ac'~false",
                "{'type':'string','pattern':'^a$','maxLength':3}~'a'~true",
                "{'type':'string','pattern':'^[a-z]*$','maxLength':3}~'abcd'~false",
                "{'type':'string','pattern':'^(?!\\\\.)(?!.*\\\\.\\\\.)[a-z.]*$'}~'a.b'~true",
                "{'type':'string','pattern':'^(?!\\\\.)(?!.*\\\\.\\\\.)[a-z.]*$'}~'a..b'~false",
                "{'type':'string','pattern':'^(?!\\\\.)(?!.*\\\\.\\\\.)[a-z.]*$'}~'.a'~false",
                "{'type':'string','pattern':'^(?!^[-+.]*$)[+-]?0*\\\\d*\\\\.?\\\\d*$'}~'-0.5'~true",
                "{'type':'string','pattern':'^(?!^[-+.]*$)[+-]?0*\\\\d*\\\\.?\\\\d*$'}~'-.'~false",
                "{'type':'string','pattern':'^(?=.*[0-9])(?=.*[a-z])(a|[0-9])+$','maxLength':3}~'a1a'~true",
                "{'type':'string','pattern':'^(?=.*[0-9])(?=.*[a-z])(a|[0-9])+$','maxLength':3}~'111'~false",
                "{'enum':['a','b'],'pattern':'^(?!a)'}~'b'~true",
                "{'enum':['a','b'],'pattern':'^(?!a)'}~'a'~false",
                "{'type':'string','format':'date'}~'2024-02-29'~true",
                "{'type':'string','format':'date'}~'2023-02-29'~false",
                "{'type':'string','format':'date'}~'0001-01-01'~true",
                "{'type':'string','format':'date'}~'0010-01-01'~true",
                "{'type':'string','format':'date'}~'2000-02-29'~true",
                "{'type':'string','format':'date'}~'0000-01-01'~false",
                "{'type':'string','format':'date'}~'0000-02-29'~false",
                "{'type':'string','format':'date-time'}~'0000-01-01T00:00:00Z'~false",
                "{'type':'string','format':'email'}~'a.b@example.com'~true",
                "{'type':'string','format':'ipv6'}~'::1'~true",
                "{'type':'string','format':'ipv6'}~'1::2::3'~false",
                "{'type':'string','format':'date-time-local'}~'2024-02-29T23:59:59'~true",
                "{'type':'string','format':'date-time-local'}~'2024-02-29T23:59:59Z'~false",
                "{'type':'string','format':'uuid4'}~'6ba7b810-9dad-41d1-80b4-00c04fd430c8'~true",
                "{'type':'string','format':'uuid4'}~'6ba7b810-9dad-11d1-80b4-00c04fd430c8'~false",
                "{'type':'string','format':'ulid'}~'01ARZ3NDEKTSV4RRFFQ69G5FAV'~true",
                "{'type':'string','format':'ipvanyaddress'}~'10.0.0.1'~true",
                "{'type':'string','format':'ipvanyaddress'}~'10.0.0.256'~false",
                "{'type':'string','format':'ipv4network'}~'10.1.0.0/16'~true",
                "{'type':'string','format':'ipv4network'}~'10.1.0.1/16'~false",
                "{'type':'string','format':'cidrv6'}~'2001:db8::/129'~false",
                "{'type':'string','format':'uri-template'}~'/users/{id}{?page,size*}'~true",
                "{'type':'string','format':'uri-template'}~'/users/{}'~false",
                "{'type':'string','format':'relative-json-pointer'}~'0#'~true",
                "{'type':'string','format':'relative-json-pointer'}~'1/a/-'~true",
                "{'type':'string','format':'relative-json-pointer'}~'01'~false",
                "{'type':'string','format':'regex'}~'^[a-z]+\\\\.(?:x|(y+)z){1,3}$'~true",
                "{'type':'string','format':'regex'}~'(a'~false",
                "{'type':'string','format':'regex'}~'a**'~false",
                "{'type':'string','format':'byte'}~'aGk='~true",
                "{'type':'string','format':'byte'}~'aGk'~false",
                "{'type':'string','format':'byte'}~''~true",
                "{'type':'string','format':'base64url'}~'_-8='~true",
                "{'type':'string','format':'e164'}~'+14155552671'~true",
                "{'type':'string','format':'char'}~'é'~true",
                "{'type':'string','format':'char'}~'ab'~false",
                "{'type':'string','format':'password'}~'any'~true",
                "{'type':'string','format':'nobody-knows'}~'any'~true",
                "{'type':'integer','format':'int32'}~2147483647~true",
                "{'type':'integer','format':'int32'}~2147483648~false",
                "{'type':'integer','format':'int32','minimum':5}~4~false",
                "{'type':'integer','format':'int32','minimum':5}~2147483648~false",
                "{'type':'integer','format':'int32','maximum':7}~8~false",
                "{'type':'integer','format':'int64'}~999999999999999999~true",
                "{'type':'integer','format':'uint8'}~-1~false",
                "{'type':'integer','format':'uint8'}~255~true",
                "{'type':['integer','null'],'format':'uint8'}~null~true",
                "{'format':'int32'}~1.5~false",
                "{'type':'number','format':'float'}~-1.5~true",
                "{'type':'number','format':'float'}~1e99~false",
                "{'type':'number','format':'double'}~1e99~true",
                "{'type':'string','format':'int32'}~'x'~true",
                "{'allOf':[{'type':'integer','format':'int32'},{'minimum':10}]}~9~false",
                "{'propertyNames':false}~{'a':1}~false",
                "{'propertyNames':false}~{}~true",
                "{'type':'object','propertyNames':{'type':'integer'}}~{'a':1}~false",
                "{'allOf':[{'prefixItems':[{'minimum':3}]}],'items':{'minimum':5}}~[3]~false",
                "{'allOf':[{'prefixItems':[{'minimum':3}]}],'items':{'minimum':5}}~[5,6]~true",
                "{'allOf':[{'items':{'minimum':5}},{'prefixItems':[true,{'maximum':7}]}]}~[5,8]~false",
                "{'allOf':[{'items':{'minimum':5}},{'prefixItems':[true,{'maximum':7}]}]}~[4,6]~false",
                "{'allOf':[{'items':{'minimum':5}},{'prefixItems':[true,{'maximum':7}]}]}~[5,6,9]~true",
                "{'type':'string','format':'uri-reference'}~'//a@b@example.com/'~false",
                "{'type':'string','format':'uri-reference'}~'/a//b?c=/d'~true",
                "{'type':'string','format':'uri','minLength':1,'maxLength':2083}~'https://example.com/a?b=c'~true",
                "{'type':'string','format':'uri','maxLength':20}~'https://example.com/a?b=c'~false",
                "{'type':['string','null']}~null~true",
                "{'type':'string','nullable':true}~null~true",
                "{'enum':['a',1,null,{'x':[]}]}~{'x':[]}~true",
                "{'enum':['a',1],'type':'string'}~1~false",
                "{'const':'x\\ny'}~'x\\ny'~true",
                "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':3}~[1,2]~true",
                "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':3}~[1]~false",
                "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':3}~[1,2,3,4]~false",
                "{'type':'array','maxItems':1000000000}~[[],{}]~true",
                "{'type':'array','prefixItems':[{'type':'null'},{'type':'boolean'}],'items':{'type':'null'}}~[null,true,null]~true",
                "{'type':'array','prefixItems':[{'type':'null'},{'type':'boolean'}],'items':false,'minItems':1}~[null]~true",
                "{'type':'array','prefixItems':[{'type':'null'},{'type':'boolean'}],'items':false,'minItems':1}~[]~false",
                "{'type':'array','items':false}~[]~true",
                "{'type':'object','properties':{'a':{},'b':{}},'required':['b']}~{'b':1}~true",
                "{'type':'object','properties':{'a':{},'b':{}},'required':['b']}~{'a':1}~false",
                "{'type':'object','properties':{'a':{},'b':{}}}~{'c':1}~false",
                "{'type':'object','properties':{'a':{}},'additionalProperties':true}~{'c':1}~true",
                "{'type':'object','properties':{'a':false},'additionalProperties':true}~{'a':1}~false",
                "{'type':'object','properties':{'a':{}},'additionalProperties':{'type':'null'}}~{'\\u0061':1}~false",
                "{'type':'object'}~{'x':{'y':[1,{}]}}~true",
                "{'type':'object','minProperties':1}~{}~false",
                "{'type':'object','maxProperties':1}~{'a':1,'b':2}~false",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'maxProperties':1}~{'a':1}~true",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'minProperties':2}~{'c':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']}}~{'a':1,'c':2}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']}}~{'a':1,'a':2}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']}}~{'d':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'maxProperties':1}~{'c':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'maxProperties':2}~{'b':1,'c':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'maxProperties':2}~{'a':1,'b':1,'c':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'minProperties':2}~{'b':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'minProperties':2}~{'a':1,'b':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'minProperties':3,'maxProperties':3}~{'a':1,'b':1,'c':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'required':['c'],'maxProperties':2}~{'c':1,'b':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'required':['c'],'maxProperties':2}~{'c':1,'a':1,'b':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'properties':{'c':{'type':'null'}},'additionalProperties':{'type':'integer'}}~{'c':null,'a':1}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'properties':{'c':{'type':'null'}},'additionalProperties':{'type':'integer'}}~{'a':null}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'properties':{'c':{}}}~{'a':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'patternProperties':{'^[bz]$':{'type':'null'}},'additionalProperties':{'type':'integer'}}~{'a':1,'b':null}~true",
                "{'type':'object','propertyNames':{'enum':['a','b','c']},'patternProperties':{'^[bz]$':{'type':'null'}},'additionalProperties':{'type':'integer'}}~{'b':1}~false",
                "{'type':'object','propertyNames':{'const':'a'}}~{'a':1,'a':1}~false",
                "{'type':'object','propertyNames':{'enum':['a','bb'],'maxLength':1}}~{'bb':1}~false",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'maxProperties':1}~{'c':1}~true",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'maxProperties':2}~{'b':1,'c':1}~true",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'required':['c'],'minProperties':2,'maxProperties':2}~{'a':1,'c':1}~true",
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'required':['c'],'minProperties':2,'maxProperties':2}~{'a':1,'b':1,'c':1}~false",
                "{'type':'object','patternProperties':{'^x':{'type':'null'}},'additionalProperties':false}~{'xy':null}~true",
                "{'type':'object','patternProperties':{'^x':{'type':'null'}},'additionalProperties':false}~{'y':null}~false",
                "{'type':'object','propertyNames':{'pattern':'^[a-z]$'}}~{'ab':1}~false",
                "{'allOf':[{'type':'object','properties':{'a':{'minimum':1}}},{'properties':{'a':{'type':'integer'},'b':{}}}]}~{'a':0}~false",
                "{'allOf':[{'type':'object','properties':{'a':{'minimum':1}}},{'properties':{'a':{'type':'integer'},'b':{}}}]}~{'a':1,'b':2}~true",
                "{'anyOf':[{'type':'integer'},{'type':'string'}],'minimum':3,'minLength':2}~1~false",
                "{'oneOf':[{'type':'integer'},{'type':'string'}]}~1~true",
                "{'$ref':'#/$defs/a','$defs':{'a':{'type':'object','properties':{'n':{'$ref':'#/$defs/a'}}}}}~{'n':{'n':{}}}~true",
                "{'type':'object','properties':{'n':{'$ref':'#'}}}~{'n':{'n':{}}}~true",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false}]}~{'x1':'s'}~true",
                "{'allOf':[{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false},{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false}]}~{'x1':'s'}~true",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false}]}~{'x1':1}~false",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false}]}~{'x1':'s','x2':'s'}~false",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false},{'minProperties':1,'properties':{'x1':{'maxLength':1}}}]}~{'x1':'s'}~true",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'x1':{}},'required':['x1'],'additionalProperties':false},{'minProperties':1,'properties':{'x1':{'maxLength':1}}}]}~{'x1':'st'}~false",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'y':{}}}],'required':['x']}~{'x':'s'}~true",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'y':{}}}],'required':['x']}~{'x':1}~false",
                "{'allOf':[{'type':'object','patternProperties':{'^x':{'type':'string'}},'additionalProperties':false},{'properties':{'y':{}}}]}~{'y':'s'}~false",
                "{'type':'object','properties':{'xa':{'maxLength':2}},'patternProperties':{'^x':{'type':'string'}}}~{'xa':1}~false",
                "{'type':'object','properties':{'xa':{'maxLength':2}},'patternProperties':{'^x':{'type':'string'}}}~{'xa':'ab','xb':'abc'}~true",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':false},'required':['a'],'additionalProperties':{'type':'integer'},'minProperties':2}~{'a':1}~false",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':false},'required':['a'],'additionalProperties':{'type':'integer'},'minProperties':2}~{'a':1,'c':2}~true",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':false},'required':['a'],'additionalProperties':{'type':'integer'},'maxProperties':2}~{'a':1,'c':2}~true",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':false},'required':['a'],'additionalProperties':{'type':'integer'},'maxProperties':2}~{'a':1,'c':2,'d':3}~false",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer','minimum':2,'maximum':1}},'required':['a'],'additionalProperties':{'type':'integer'},'minProperties':2}~{'a':1}~false",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer','minimum':2,'maximum':1}},'required':['a'],'additionalProperties':{'type':'integer'},'minProperties':2}~{'a':1,'c':2}~true",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer','minimum':2,'maximum':1}},'required':['a'],'additionalProperties':{'type':'integer'},'maxProperties':2}~{'a':1,'c':2}~true",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer','minimum':2,'maximum':1}},'required':['a'],'additionalProperties':{'type':'integer'},'maxProperties':2}~{'a':1,'c':2,'d':3}~false",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{}},'required':['a'],'additionalProperties':{'type':'integer'},'propertyNames':{'pattern':'^[ac]$'},'minProperties':2}~{'a':1}~false",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{}},'required':['a'],'additionalProperties':{'type':'integer'},'propertyNames':{'pattern':'^[ac]$'},'minProperties':2}~{'a':1,'c':2}~true",
                "{'type':'object','properties':{'x':{'type':'object','properties':{'a':{},'b':{}}},'y':{'type':'object','properties':{'b':{},'a':{}}}}}~{'x':{'a':1,'b':2},'y':{'b':1,'a':2}}~true",
                "{'type':'object','properties':{'x':{'type':'object','properties':{'a':{},'b':{}}},'y':{'type':'object','properties':{'b':{},'a':{}}}}}~{'x':{'a':1,'b':2},'y':{'a':1,'b':2}}~false",
                "{'type':'array','items':{'anyOf':[{'type':'object','properties':{'a':{},'b':{}}},{'type':'object','properties':{'b':{},'a':{}}}]}}~[{'a':1,'b':2},{'b':1,'a':2}]~true",
                "{'allOf':[{'enum':[{'a':1,'b':2},3]},{'enum':[{'b':2,'a':1}]}]}~{'a':1,'b':2}~true",
                "{'anyOf':[false,{'type':'null'}]}~null~true",
                "true~[{}]~true"
            })
    void followsTheSchema(String schema, String text, boolean matches) {
        String quoted = schema.replace('\'', '"');
        assertThat(RegexGrammarTest.matches(compile(quoted, Whitespace.COMPACT), text.replace('\'', '"')))
                .isEqualTo(matches);
        assertThat(RegexGrammarTest.matches(compile(quoted, Whitespace.FLEXIBLE), text.replace('\'', '"')))
                .isEqualTo(matches);
    }

    @Test
    void takesWhiteSpaceWithinBounds() {
        CompiledGrammar grammar = compile("{\"type\":\"array\"}", Whitespace.FLEXIBLE);
        assertThat(RegexGrammarTest.matches(grammar, "[\n  1, {\"a\": 2}\n]")).isTrue();
        assertThat(RegexGrammarTest.matches(grammar, "[" + " ".repeat(100) + "1]"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'not':{}}|#: the keyword not|not supported",
                "{'properties':{'a':{'if':{}}}}|#/properties/a|if",
                "{'type':'array','uniqueItems':true}|uniqueItems|remove it",
                "{'type':'array','contains':{}}|contains|not supported",
                "{'oneOf':[{'type':'integer'},{'type':'number'}]}|oneOf|anyOf",
                "{'type':'text'}|#/type|is not a type",
                "{'type':'string','pattern':'(?=a)'}|pattern|lookahead",
                "{'$ref':'http://other.example/x'}|$ref|not within the schema",
                "{'$ref':'#/$defs/none'}|$ref|there is no",
                "{'allOf':[{'unevaluatedProperties':false}],'unevaluatedProperties':true}|unevaluatedProperties|additionalProperties",
                "{'allOf':[{'not':{}}],'not':false}|not|allowed",
                "{'propertyNames':{'not':{'const':'a'}}}|propertyNames|not",
                "{'allOf':[{'patternProperties':{'^x':{}},'additionalProperties':false},{'patternProperties':{'1$':{}},'additionalProperties':false}]}|#/patternProperties|disjoint",
                "{'propertyNames':{'anyOf':[{'const':'a'},{'pattern':'b'}]}}|propertyNames|enum",
                "{'$ref':'#'}|#|itself",
                "{'allOf':[{'$ref':'#'}]}|$ref|refers to itself",
                "{'anyOf':[{'$ref':'#'},{'type':'null'}]}|#|left recursion",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']}|#|no finite text",
                "{'type':'integer','minimum':5,'maximum':4}|#|no finite text",
                "{'type':'integer','multipleOf':123457}|multipleOf|smaller unit",
                "{'type':'object','minProperties':2}|minProperties|declare them",
                "{'type':'string','minLength':-1}|minLength|whole number",
                "{'a':1,'a':2}|given twice|a",
                "{'minimum':1e999999999}|exponent|number",
                "[]|schema|object",
                "{'type':'string','pattern':'^(.{1,1000}x){1,1000}$'}|pattern|max"
            })
    void refusesWithPathAndAdvice(String line) {
        String[] parts = line.split("\\|");
        assertThatThrownBy(() -> compile(parts[0].replace('\'', '"'), Whitespace.COMPACT))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(parts[1])
                .hasMessageContaining(parts[2]);
    }

    @Test
    void survivesHostileSchemas() {
        refused("{\"items\":".repeat(10_000) + "{}" + "}".repeat(10_000), "maxDepth");
        refused("[".repeat(100_000), "maxDepth");
        refused(" ".repeat((1 << 20) + 1), "maxTextChars");
        StringBuilder enumeration = new StringBuilder("{\"enum\":[\"0\"");
        for (int i = 0; enumeration.length() < 1_000_000; i++) {
            enumeration
                    .append(",\"")
                    .append(Integer.toHexString(i * 0x9E3779B9))
                    .append(Integer.toHexString(i * 31))
                    .append('"');
        }
        refused(enumeration + "]}", "maxStates");
        StringBuilder chain = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
        for (int i = 0; i < 10_000; i++) {
            chain.append("\"d")
                    .append(i)
                    .append("\":{\"$ref\":\"#/$defs/d")
                    .append(i + 1)
                    .append("\"},");
        }
        chain.append("\"d10000\":{\"type\":\"null\"}}}");
        assertThat(RegexGrammarTest.matches(compile(chain.toString(), Whitespace.COMPACT), "null"))
                .isTrue();
        assertThat(RegexGrammarTest.matches(
                        compile(
                                "{\"type\":\"string\",\"minLength\":100000,\"maxLength\":1000000000}",
                                Whitespace.COMPACT),
                        "\"" + "x".repeat(200_000) + "\""))
                .isTrue();
    }

    /** Small texts of which merging makes schemas that are huge when each place of a part counts. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void survivesSchemasThatShareTheirParts() {
        String large = "{\"enum\":[" + "[1],".repeat(20_000) + "2]}";
        String shared = "{\"allOf\":[{\"properties\":{" + members("p", 2_000, "{}")
                + "}},{\"additionalProperties\":" + large + "}],\"anyOf\":["
                + "{\"minProperties\":1},".repeat(1_000) + "{\"minProperties\":2}]}";
        compiledOrRefused(shared);
        assertThat(RegexGrammarTest.matches(compile(differing(300), Whitespace.COMPACT), "{\"p\":299}"))
                .isTrue();
        compiledOrRefused("{\"items\":{\"allOf\":[" + differing(3_000) + "," + differing(3_000) + "]}}");
    }

    /** Many parts that say something about one property. */
    private static String differing(int parts) {
        return IntStream.range(0, parts)
                .mapToObj(i -> "{\"properties\":{\"p\":{\"minimum\":" + i + "}}}")
                .collect(Collectors.joining(",", "{\"type\":\"object\",\"allOf\":[", "]}"));
    }

    private static String members(String prefix, int count, String value) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + prefix + i + "\":" + value)
                .collect(Collectors.joining(","));
    }

    /** Whether it is within the limits matters less than that it is known soon. */
    private static void compiledOrRefused(String schema) {
        try {
            compile(schema, Whitespace.COMPACT);
        } catch (GrammarException e) {
            assertThat(e).hasMessageContaining("max");
        }
    }

    private static void refused(String schema, String limit) {
        assertThatThrownBy(() -> compile(schema, Whitespace.COMPACT))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(limit);
    }

    private static CompiledGrammar compile(String schema, Whitespace whitespace) {
        return CompiledGrammar.compile(new GrammarSource.JsonSchema(schema, whitespace), GrammarLimits.DEFAULT);
    }
}
