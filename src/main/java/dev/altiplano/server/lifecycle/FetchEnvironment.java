package dev.altiplano.server.lifecycle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.Environment;

/** The variables that say how models are fetched, under the names that other programs give them too. */
final class FetchEnvironment {

    private static final List<String> NAMES = List.of(
            "HF_ENDPOINT",
            "HF_TOKEN",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_S3",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "SSL_CERT_FILE",
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy");

    private FetchEnvironment() {}

    static Map<String, String> of(Environment environment) {
        Map<String, String> found = new HashMap<>();
        for (String name : NAMES) {
            String value = environment.getProperty(name);
            if (value != null) {
                found.put(name, value);
            }
        }
        return found;
    }
}
