/**
 * JSON Schema: in comes a schema as text, out comes a {@link dev.altiplano.engine.grammar.rule.Grammar} of JSON texts that are all
 * valid. What cannot be guaranteed is refused with its path. Where a schema leaves open what a text looks like, the grammar may
 * choose less than the schema allows: properties come in the order of the schema, objects without {@code additionalProperties}
 * have no others than those declared, numbers have bounded digits. Any thread.
 */
@NullMarked
package dev.altiplano.engine.grammar.schema;

import org.jspecify.annotations.NullMarked;
