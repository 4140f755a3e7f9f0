import com.sun.net.httpserver.HttpServer;
import dev.altiplano.client.CompletionStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;

void main() throws Exception {
    var service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", exchange -> {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write("id: 1\ndata: {\"text\":\"Once\"}\n\ndata: [DONE]\n\n".getBytes());
        exchange.close();
    });
    service.start();
    try (var client = HttpClient.newHttpClient()) {
        var address = URI.create("http://127.0.0.1:" + service.getAddress().getPort());
        CompletionStream.of(client, List.of(address)).read("/v1/completions", "{}", List.of(), IO::print);
    } finally {
        service.stop(0);
    }
}
