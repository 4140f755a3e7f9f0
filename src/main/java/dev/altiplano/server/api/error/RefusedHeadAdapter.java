package dev.altiplano.server.api.error;

import dev.altiplano.server.ops.trace.RequestIdFilter;
import jakarta.servlet.RequestDispatcher;
import java.nio.ByteBuffer;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.res.StringManager;

/**
 * Stands before the container and responds to requests whose head could not be read: those never come to a filter or an error page, and
 * the container alone would say nothing but a status.
 */
final class RefusedHeadAdapter implements Adapter {

    private static final String TOO_LARGE =
            StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");

    private final Adapter container;

    RefusedHeadAdapter(Adapter container) {
        this.container = container;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        if (response.getStatus() < 400) {
            container.service(request, response);
            return;
        }
        ApiException error = error(request, response.getStatus());
        byte[] body = ErrorWriter.json(error);
        response.setStatus(error.status());
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.addHeader(RequestIdFilter.HEADER, RequestIdFilter.newId());
        response.addHeader("x-should-retry", "false");
        response.addHeader("Connection", "close");
        response.doWrite(ByteBuffer.wrap(body));
        response.action(ActionCode.CLOSE, null);
    }

    private static ApiException error(Request request, int status) {
        // The target is read before the headers.
        boolean inTarget = request.requestURI().isNull();
        Object cause = request.getAttributes().get(RequestDispatcher.ERROR_EXCEPTION);
        if (cause instanceof Exception e && TOO_LARGE.equals(e.getMessage())) {
            return inTarget
                    ? ApiException.of(414, "uri_too_long", null, tooLarge("target"))
                    : ApiException.of(431, "headers_too_large", null, tooLarge("header"));
        }
        return switch (status) {
            case 400 ->
                ApiException.of(
                        400,
                        "bad_request",
                        null,
                        inTarget
                                ? "The request line is not valid HTTP; characters such as [ ] { } | in the target must be percent-encoded "
                                        + "(or allowed by server.tomcat.relaxed-query-chars)"
                                : "A header is not valid HTTP, missing or there twice: a request has one Host, and at most one Content-Length");
            case 505 -> ApiException.of(505, "http_version_not_supported", null, "The service speaks HTTP/1.1");
            default -> ErrorController.of(status, "The method", "this address", "");
        };
    }

    private static String tooLarge(String part) {
        return "The request's " + part + " is too long (server.max-http-request-header-size bounds its whole head)";
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return container.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status) throws Exception {
        return container.asyncDispatch(request, response, status);
    }

    @Override
    public void log(Request request, Response response, long time) {
        container.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        container.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return container.getDomain();
    }
}
