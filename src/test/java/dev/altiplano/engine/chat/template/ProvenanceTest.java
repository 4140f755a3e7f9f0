package dev.altiplano.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.chat.template.text.Rendered;
import dev.altiplano.engine.chat.template.text.Trusted;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who wrote which character, after what templates do with strings: the request's stand in angle brackets. */
class ProvenanceTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "a{{ x }}b;a<usr>b",
                "{{ 'a' + x + 'b' }};a<usr>b",
                "{{ 'a' ~ x ~ 1 }};a<usr>1",
                "{{ ('a' ~ x ~ 'b') | upper }};A<USR>B",
                "{{ ('a' ~ x ~ 'b')[1:3] }};<us>",
                "{{ ('a' ~ x ~ 'b')[::-1] }};b<rsu>a",
                "{{ ('  ' ~ x ~ 'b') | trim }};<usr>b",
                "{{ 'a-b'.replace('-', x) }};a<usr>b",
                "{{ x.replace('s', '-') }};<u>-<r>",
                "{{ ('a,' ~ x ~ ',b').split(',') | join('+') }};a+<usr>+b",
                "{{ x.split('s') | join(' ') }};<u> <r>",
                "{{ [x, 'a', x] | join('|') }};<usr>|a|<usr>",
                "{{ {'k': x} | tojson }};{\"k\": \"<usr>\"}",
                "{{ {x: 1} }};{'<usr>': 1}",
                "{{ '%s!' % x }};<usr>!",
                "{{ '{}!'.format(x) }};<usr>!",
                "{{ x * 2 }};<usrusr>",
                "{% set y %}a{{ x }}{% endset %}{{ y }};a<usr>",
                "{% macro m(v) %}[{{ v }}]{% endmacro %}{{ m(x) }};[<usr>]",
                "{% filter upper %}a{{ x }}{% endfilter %};A<USR>",
                "{% for c in x %}{{ c }}.{% endfor %};<u>.<s>.<r>.",
                "{{ x | first ~ x | last }};<ur>",
                "{{ x | title ~ x | capitalize ~ x | e ~ x | string ~ x | safe }};<UsrUsrusrusrusr>",
                "{{ x | indent(2, true) }};`  <usr>`",
                "{{ x.center(5, '*') }};*<usr>*",
                "{{ 'ß' ~ x | upper }};ß<USR>",
                "{{ ('ß' ~ x) | upper }};<SSUSR>",
                "{{ x | default('d') }}{{ y | default('d') }};<usr>d",
                "{{ d.keys() | list | first }}{{ d.k }};<kv>",
                "{{ t }}{{ x }};bos<usr>"
            })
    void isKeptThrough(String source, String expected) {
        Rendered rendered = Template.compile(source)
                .render(
                        Map.of("x", "usr", "t", new Trusted("bos"), "d", Map.of("k", "v")),
                        LocalDateTime.of(2025, 3, 9, 12, 34));
        String marked = rendered.segments().stream()
                .map(segment -> segment.trusted() ? segment.text() : "<" + segment.text() + ">")
                .collect(Collectors.joining());
        assertThat(marked).isEqualTo(expected);
    }
}
