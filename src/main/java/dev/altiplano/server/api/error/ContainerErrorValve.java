package dev.altiplano.server.api.error;

import dev.altiplano.server.ops.trace.RequestIdFilter;
import dev.altiplano.server.stream.ConnectionProtocol;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Gives OpenAI's error object also to what the container itself refuses, before any filter: a path with {@code ..}, a bad header. */
@Component
final class ContainerErrorValve implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof ConnectionProtocol protocol) {
                protocol.wrapAdapter(RefusedHeadAdapter::new);
            }
        });
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new Report()));
    }

    private static final class Report extends ErrorReportValve {

        private static final Logger log = LoggerFactory.getLogger(ContainerErrorValve.class);

        @Override
        protected void report(Request request, Response response, @Nullable Throwable throwable) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            if (!response.containsHeader(RequestIdFilter.HEADER)) {
                response.setHeader(RequestIdFilter.HEADER, RequestIdFilter.newId());
            }
            try {
                ErrorWriter.write(
                        response.getResponse(),
                        ErrorController.of(status, request.getMethod(), request.getRequestURI(), ""));
            } catch (IOException e) {
                log.debug("The client left before its error", e);
            }
        }
    }
}
