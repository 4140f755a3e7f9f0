/**
 * Streams that go on after a broken connection. Each event of a stream gets an id that says which answer it is of and how far each
 * choice has been sent; a request with that id computes the same answer from its beginning, since answers do not depend on
 * what else runs, and leaves out what was sent. In come texts and scores on their way to a client, out go ids and the part that is
 * new. Used by the request's thread.
 */
@NullMarked
package dev.altiplano.server.api.resume;

import org.jspecify.annotations.NullMarked;
