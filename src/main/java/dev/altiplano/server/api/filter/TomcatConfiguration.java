package dev.altiplano.server.api.filter;

import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.stream.ConnectionProtocol;
import dev.altiplano.server.stream.ConnectionValve;
import java.util.Map;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes Tomcat show the connection under a request, bound what a client that does not read can hold, take slashes in names, and know YAML. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

    /** Bytes of one stream that may sit in the kernel, sent but not taken. */
    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> connections(AltiplanoProperties properties) {
        return factory -> {
            factory.setProtocol(ConnectionProtocol.class.getName());
            factory.addMimeMappings(new MimeMappings(Map.of("yaml", "application/yaml")));
            factory.addEngineValves(new ConnectionValve(properties.api().writeTimeout()));
            factory.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof ConnectionProtocol protocol) {
                    protocol.limit(
                            properties.api().headTimeout(), properties.api().maxConnectionsPerAddress());
                }
                connector.setProperty("socket.txBufSize", Integer.toString(SEND_BUFFER_BYTES));
                // Refused by a filter, in the same words as everything else.
                connector.setAllowTrace(true);
                // The id of a model may have a slash, which clients encode.
                connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            });
        };
    }
}
