/**
 * Members of values: in come a value and a name or an index, out comes an entry, a slice or a bound method of a text, a
 * list or a dictionary. Runs on the thread that renders.
 */
@NullMarked
package dev.altiplano.engine.chat.template.method;

import org.jspecify.annotations.NullMarked;
