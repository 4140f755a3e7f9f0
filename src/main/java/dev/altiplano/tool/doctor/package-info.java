/**
 * The command {@code doctor}: in come this process, its environment, a model's files and, where asked, a running service; out comes one report
 * of what somebody who is to help would ask for, without anything secret. Runs on the main thread and changes nothing.
 */
@NullMarked
package dev.altiplano.tool.doctor;

import org.jspecify.annotations.NullMarked;
