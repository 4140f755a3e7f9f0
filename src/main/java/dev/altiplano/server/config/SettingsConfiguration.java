package dev.altiplano.server.config;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Binds the settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AltiplanoProperties.class)
class SettingsConfiguration {}
