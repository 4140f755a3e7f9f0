package dev.altiplano.server.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /metrics}: the page of {@code /actuator/prometheus}, made at most every {@value #FRESH_MILLIS} ms however many
 * gateways ask for it: some ask 20 times a second. There is no such page where management has a port of its own.
 */
@RestController
@ConditionalOnManagementPort(ManagementPortType.SAME)
final class MetricsPage {

    static final int FRESH_MILLIS = 100;

    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private record Page(byte[] text, long madeAt) {}

    private final PrometheusMeterRegistry registry;
    private final ReentrantLock making = new ReentrantLock();
    private volatile Page page = new Page(new byte[0], System.nanoTime() - TimeUnit.DAYS.toNanos(1));

    MetricsPage(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @GetMapping("/metrics")
    void metrics(HttpServletResponse response) throws IOException {
        byte[] text = current();
        response.setContentType(TYPE);
        response.setContentLength(text.length);
        response.getOutputStream().write(text);
    }

    private byte[] current() {
        if (fresh(page)) {
            return page.text();
        }
        making.lock();
        try {
            if (!fresh(page)) {
                page = new Page(registry.scrape(TYPE).getBytes(StandardCharsets.UTF_8), System.nanoTime());
            }
            return page.text();
        } finally {
            making.unlock();
        }
    }

    private static boolean fresh(Page page) {
        return System.nanoTime() - page.madeAt() < TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS);
    }
}
