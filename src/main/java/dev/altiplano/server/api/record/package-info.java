/**
 * The recording of requests for {@code altiplano replay}: in come a request's body and the engine's events on their way to its client,
 * out goes a line of JSON for each request that ended, to a file of bounded size. Lines are made on the requests' threads and
 * written by one thread of their own; a disk that is full or slow costs lines, never a request.
 */
@NullMarked
package dev.altiplano.server.api.record;

import org.jspecify.annotations.NullMarked;
