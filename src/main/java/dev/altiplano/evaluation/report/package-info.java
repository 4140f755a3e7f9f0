/**
 * Results for people and programs: Markdown, JSON in the shape of lm-evaluation-harness, one page of HTML, and the comparison
 * of two runs. In come results, out goes text. Plain functions, for any thread.
 */
@NullMarked
package dev.altiplano.evaluation.report;

import org.jspecify.annotations.NullMarked;
