/**
 * Strict JSON in, compact JSON out. In come bodies as bytes, which Jackson binds to records of an endpoint: a field that is unknown,
 * given twice or of another type is refused with its path, and nothing is converted from one type to another. Knows no HTTP; runs on
 * the thread that calls.
 */
@NullMarked
package dev.altiplano.server.api.json;

import org.jspecify.annotations.NullMarked;
