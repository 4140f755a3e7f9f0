/**
 * Where a request comes from and which trace it belongs to: in come headers, on the thread of the request; out go its id, and spans
 * where tracing is on.
 */
@NullMarked
package dev.altiplano.server.ops.trace;

import org.jspecify.annotations.NullMarked;
