/**
 * The text of a template to a tree: in come characters, out come tokens and then statements, or an error with line and
 * column. Runs once for each template, on the thread that loads it.
 */
@NullMarked
package dev.altiplano.engine.chat.template.syntax;

import org.jspecify.annotations.NullMarked;
