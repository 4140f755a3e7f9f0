package dev.altiplano.engine.grammar.tagged;

/**
 * One kind of value that may stand behind a mark.
 *
 * @param begin regular expression of what stands between the mark and the value
 * @param schema JSON Schema of the value
 * @param list whether what stands there is a list of such values, at least one
 * @param end regular expression of what follows the value
 */
public record Tag(String begin, String schema, boolean list, String end) {}
