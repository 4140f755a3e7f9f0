/**
 * Reader of Meta's folders: {@code params.json} and its shards, merged while they are read. Called by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.meta;

import org.jspecify.annotations.NullMarked;
