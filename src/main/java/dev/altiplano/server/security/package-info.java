/**
 * Who may ask, and how much: in comes a file of API keys and what callers send as {@code Authorization}, out come callers with
 * their limits, or nothing. Nothing here knows routes or answers; the filter that asks stands in {@code server.api}. Callers are
 * looked up and admitted by the threads of requests; a thread of its own reads the file again when it has changed.
 *
 * <p>A security framework is not used: one kind of credential, one decision on every route and no sessions, forms, roles or
 * redirects need a filter of a page, and its defaults (sessions, a filter chain of fifteen, headers of its own) would have to be
 * turned off one by one. What is hard to do well comes from the JDK (digest, comparison in constant time) and from Spring Boot
 * (TLS).
 */
@NullMarked
package dev.altiplano.server.security;

import org.jspecify.annotations.NullMarked;
