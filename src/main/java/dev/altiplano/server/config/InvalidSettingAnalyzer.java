package dev.altiplano.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;

/** Makes a start that failed for a setting print the setting and what it may be, not a stack trace or a Java class. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingAnalyzer implements FailureAnalyzer {

    private static final String PREFIX = "altiplano.";

    /** What a value has to be, for what Java makes of it; everything is a text or a path. */
    private static final Map<Class<?>, String> KINDS = Map.of(
            int.class,
            "a whole number of at most " + Integer.MAX_VALUE,
            long.class,
            "a whole number",
            double.class,
            "a number",
            Double.class,
            "a number",
            boolean.class,
            "true or false",
            Duration.class,
            "a duration such as 500ms, 30s or 10m",
            ByteSize.class,
            "a size such as 512MB, 4Gi or a number of bytes",
            URI.class,
            "an address",
            Map.class,
            "entries of their own, each behind a dot and its name");

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        InvalidSettingException invalid = within(failure, InvalidSettingException.class)
                .or(() -> within(failure, UnboundConfigurationPropertiesException.class)
                        .flatMap(InvalidSettingAnalyzer::unknown))
                .or(() -> within(failure, BindException.class).flatMap(InvalidSettingAnalyzer::ofAnotherKind))
                .orElse(null);
        return invalid == null ? null : new FailureAnalysis(invalid.getMessage(), action(invalid.setting()), failure);
    }

    private static <T extends Throwable> Optional<T> within(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    private static Optional<InvalidSettingException> unknown(UnboundConfigurationPropertiesException unbound) {
        return unbound.getUnboundProperties().stream()
                .min(Comparator.comparing(ConfigurationProperty::getName))
                .filter(InvalidSettingAnalyzer::isOurs)
                .map(property -> UnknownSettings.isNone(property.getName().toString(), property.getValue()));
    }

    private static Optional<InvalidSettingException> ofAnotherKind(BindException failure) {
        Class<?> type = failure.getTarget().getType().resolve(Object.class);
        String kind = KINDS.get(type);
        if (kind == null || within(failure, ConversionException.class).isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(failure.getProperty())
                .filter(InvalidSettingAnalyzer::isOurs)
                .map(property -> new InvalidSettingException(property.getName().toString(), property.getValue(), kind));
    }

    /** What is wrong with its own settings Spring says better itself. */
    private static boolean isOurs(ConfigurationProperty property) {
        return property.getName().toString().startsWith(PREFIX);
    }

    private static String action(String setting) {
        if (setting.startsWith(PREFIX)) {
            return "Change " + setting + " (on the command line, in application.yaml, or as "
                    + UnknownSettings.variable(setting) + " in the environment).";
        }
        return setting.toLowerCase(Locale.ROOT).startsWith("altiplano_")
                ? "Correct the name in the environment, or take the variable away."
                : "Correct the command line.";
    }
}
