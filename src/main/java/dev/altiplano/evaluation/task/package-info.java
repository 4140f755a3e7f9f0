/**
 * Task files and documents: lm-evaluation-harness' YAML, its declarative part, and the lines of JSON that it is applied to. In
 * come files, which are checked; out go definitions and documents. Plain records, for any thread.
 */
@NullMarked
package dev.altiplano.evaluation.task;

import org.jspecify.annotations.NullMarked;
