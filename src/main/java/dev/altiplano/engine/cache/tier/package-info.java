/**
 * The host tier of the prefix cache: a file that keeps KV blocks of prefixes over their eviction from memory and over restarts. In come
 * blocks that the prefix cache holds and hashes of prefixes that are wanted, out go blocks that are read back. A thread of its own
 * reads and writes; nothing in the file is trusted, and whatever goes wrong ends the tier and not a request.
 */
@NullMarked
package dev.altiplano.engine.cache.tier;

import org.jspecify.annotations.NullMarked;
