package dev.altiplano.evaluation.toxicity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.altiplano.evaluation.EvaluationException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A classifier that answers, and one that begins to. */
final class ToxicityClassifierTest {

    @Test
    @Timeout(30)
    void readsAWholeReplyOrSaysThatNoneCame() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] reply = "{\"toxicity\": 0.25}".getBytes(StandardCharsets.UTF_8);
        server.createContext("/whole", exchange -> {
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.createContext("/half", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(reply, 0, 5);
            exchange.getResponseBody().flush();
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(new ToxicityClassifier(base + "/whole").applyAsDouble("a"))
                    .isEqualTo(0.25);
            ToxicityClassifier half = new ToxicityClassifier(base + "/half", Duration.ofMillis(200));
            assertThatThrownBy(() -> half.applyAsDouble("a"))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessageContainingAll(base + "/half", "not complete after 0.2 s");
        } finally {
            server.stop(0);
        }
    }
}
