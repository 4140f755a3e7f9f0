/**
 * The command {@code doctor}: in come this process, its environment, a model's files and, where asked, a running service; out comes one report
 * of what support asks for, without secrets. Runs on the main thread and changes nothing.
 */
@NullMarked
package dev.altiplano.tool.doctor;

import org.jspecify.annotations.NullMarked;
