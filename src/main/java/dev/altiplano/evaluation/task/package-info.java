/**
 * Tasks: where their documents are, how one is written as text, choices and target, which metrics and filters judge an answer.
 * In come lines of JSON; out go documents and what a task takes from them. Knows no task files. Plain records, for any thread.
 */
@NullMarked
package dev.altiplano.evaluation.task;

import org.jspecify.annotations.NullMarked;
