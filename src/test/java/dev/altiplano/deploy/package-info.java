/**
 * What takes the service to a cluster, tested without one: the chart rendered by Helm's own code and checked strictly,
 * alert rules run by promtool, dashboards, workflows and the image's files. Enters: the folders {@code helm}, {@code docker},
 * {@code .github}; leaves: assertions. Everything runs on the test's thread.
 */
package dev.altiplano.deploy;
