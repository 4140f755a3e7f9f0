/**
 * One error object for everything that is refused or fails: in come exceptions of the service and of the engine, statuses of the
 * container and states of the engine, out goes OpenAI's {@code {"error": …}} with a status and what to do about another try. Runs on
 * the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.error;

import org.jspecify.annotations.NullMarked;
