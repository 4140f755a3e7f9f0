/**
 * What every request meets before its endpoint: keys, origins, security headers, the overload filter, and the settings
 * of Tomcat behind them. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.filter;

import org.jspecify.annotations.NullMarked;
