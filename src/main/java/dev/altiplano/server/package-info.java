/**
 * All that knows Spring or HTTP: in come requests from clients and settings from whoever runs the service, out go answers, events,
 * metrics and logs. The engine below it knows nothing of it. Runs on Tomcat's virtual threads.
 */
@NullMarked
package dev.altiplano.server;

import org.jspecify.annotations.NullMarked;
