package dev.altiplano.fuzz;

import dev.altiplano.engine.grammar.CompiledGrammar;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.schema.Whitespace;
import java.nio.charset.StandardCharsets;

/** What a text is to follow: a JSON Schema, a regular expression or a grammar, as the first byte says. */
public final class GrammarTarget {

    /** A tenth of what a stranger may ask for, so that many are tried; the clock is not to say what is refused. */
    private static final GrammarLimits LIMITS = new GrammarLimits(1 << 16, 128, 1 << 15, 2_000_000, 60_000);

    private GrammarTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        GrammarSource source = switch (data[0] & 3) {
            case 0 -> new GrammarSource.JsonSchema(text, Whitespace.FLEXIBLE);
            case 1 -> new GrammarSource.Regex(text);
            case 2 -> new GrammarSource.Gbnf(text);
            default -> new GrammarSource.JsonSchema(text, Whitespace.COMPACT);
        };
        try {
            long ignored = CompiledGrammar.compile(source, LIMITS).states();
        } catch (GrammarException e) {
            Refusal.check(e);
        }
    }
}
