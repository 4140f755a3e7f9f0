/**
 * Checks of a model's files beyond their structure: checksum lists and sizes. Called by the loading thread and by the
 * command line tools.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.verify;

import org.jspecify.annotations.NullMarked;
