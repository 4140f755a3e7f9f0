/**
 * Files of tasks and groups, as lm-evaluation-harness writes them: YAML with what it includes, names, tags and groups to choose by. In come
 * files, which are checked; out go definitions of tasks and groups. For one thread each.
 */
@NullMarked
package dev.altiplano.evaluation.taskfile;

import org.jspecify.annotations.NullMarked;
