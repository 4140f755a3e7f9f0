package dev.altiplano.server.config;

import java.util.Locale;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Makes a start that failed for a setting print the setting, not a stack trace. */
final class InvalidSettingAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        String variable = cause.setting().replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        return new FailureAnalysis(
                cause.getMessage(),
                "Change " + cause.setting() + " (on the command line, in application.yaml, or as " + variable
                        + " in the environment).",
                cause);
    }
}
