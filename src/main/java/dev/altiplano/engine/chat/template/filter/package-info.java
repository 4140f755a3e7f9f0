/**
 * Jinja's filters and tests by name: in come a value and arguments, out comes a value. Runs on the thread that renders.
 */
@NullMarked
package dev.altiplano.engine.chat.template.filter;

import org.jspecify.annotations.NullMarked;
