package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.json.JsonException;
import dev.altiplano.engine.json.JsonParser;
import dev.altiplano.engine.json.JsonValues;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** The text of a schema as {@link Json}: no key twice, work, depth and numbers bounded. */
final class SchemaText implements JsonValues<Json> {

    private static final int MAX_NUMBER_CHARS = 60;
    private static final int MAX_EXPONENT = 400;

    private final Budget budget;

    private SchemaText(Budget budget) {
        this.budget = budget;
    }

    /** Reads a schema; throws {@link GrammarException} with the character at which it is wrong. */
    static Json parse(String text, Budget budget) {
        budget.text(text);
        JsonParser<Json> parser = new JsonParser<>(text, new SchemaText(budget), false);
        try {
            return parser.parse();
        } catch (JsonException e) {
            throw new GrammarException(e.problem()).at("schema, character " + e.position());
        } catch (GrammarException e) {
            throw e.at("schema, character " + parser.position());
        }
    }

    @Override
    public void begin(int depth) {
        budget.work(1);
        budget.depth(depth);
    }

    @Override
    public Json object(Map<String, Json> members) {
        return new Json.Obj(members);
    }

    @Override
    public Json list(List<Json> elements) {
        return new Json.Arr(elements);
    }

    @Override
    public Json string(String text) {
        return new Json.Str(text);
    }

    @Override
    public Json number(String written) {
        int exponent = Math.max(written.indexOf('e'), written.indexOf('E'));
        // More digits than an int has would not be read as an exponent.
        if (written.length() > MAX_NUMBER_CHARS || exponent >= 0 && written.length() - exponent > 11) {
            throw new GrammarException("a number of more than " + MAX_NUMBER_CHARS
                    + " characters, or with an exponent beyond " + MAX_EXPONENT);
        }
        BigDecimal value = new BigDecimal(written);
        if (Math.abs((long) value.scale()) > MAX_EXPONENT) {
            throw new GrammarException("the number " + written + " has an exponent beyond " + MAX_EXPONENT);
        }
        return new Json.Num(value);
    }

    @Override
    public Json bool(boolean value) {
        return value ? Json.TRUE : Json.FALSE;
    }

    @Override
    public Json nothing() {
        return Json.NULL;
    }
}
