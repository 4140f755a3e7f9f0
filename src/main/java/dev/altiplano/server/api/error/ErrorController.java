package dev.altiplano.server.api.error;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Responds with OpenAI's error object what failed before or beside the controllers. */
@Controller
final class ErrorController implements org.springframework.boot.webmvc.error.ErrorController {

    private final Routes routes;

    ErrorController(Routes routes) {
        this.routes = routes;
    }

    @RequestMapping("${spring.web.error.path:/error}")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IOException) {
            ErrorWriter.write(response, incompleteBody());
            return;
        }
        Object method = request.getAttribute(RequestDispatcher.ERROR_METHOD);
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        ErrorWriter.write(
                response,
                of(
                        status instanceof Integer code ? code : 404,
                        method instanceof String original ? original : request.getMethod(),
                        path instanceof String original ? original : request.getRequestURI(),
                        routes.toString()));
    }

    static ApiException incompleteBody() {
        return ApiException.of(400, "incomplete_body", null, "The body could not be read to its end");
    }

    /**
     * What the container or Spring refuses with {@code status}.
     *
     * @param routes what there is instead of what was not found; may be empty
     */
    static ApiException of(int status, String method, String path, String routes) {
        return switch (status) {
            case 404 ->
                ApiException.of(
                        404,
                        "not_found",
                        null,
                        "There is nothing at " + path + (routes.isEmpty() ? "" : "; this service has " + routes));
            case 405 -> ApiException.of(405, "method_not_allowed", null, method + " is not allowed at " + path);
            case 406 ->
                ApiException.of(406, "not_acceptable", null, "The response has none of the media types accepted");
            case 413 -> ApiException.of(413, "body_too_large", null, "The body is too large");
            case 415 ->
                ApiException.of(415, "unsupported_media_type", null, "The content type must be application/json");
            case 417 ->
                ApiException.of(
                        417, "expectation_failed", null, "The service meets no other expectation than 100-continue");
            case 501 ->
                ApiException.of(
                        501,
                        "not_implemented",
                        null,
                        "The service implements no CONNECT, and no transfer encoding but chunked");
            default ->
                status >= 500
                        ? ApiException.server(
                                status, "internal_error", "Something failed in the service; its log says what")
                        : ApiException.of(status, "bad_request", null, "The request cannot be understood");
        };
    }
}
