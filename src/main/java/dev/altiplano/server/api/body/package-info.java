/**
 * The body of a request: in come bytes as they arrive, charged to the memory that all bodies share, out comes the whole
 * body or a refusal. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.body;

import org.jspecify.annotations.NullMarked;
