package dev.altiplano.engine.checkpoint.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The way to servers as the environment describes it for most programs: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 * {@code NO_PROXY} in either case, and {@code SSL_CERT_FILE} with certificates to trust beside Java's own.
 */
public final class FetchNetwork {

    private final Map<String, String> environment;
    private final @Nullable SSLSocketFactory sockets;

    private FetchNetwork(Map<String, String> environment, @Nullable SSLSocketFactory sockets) {
        this.environment = environment;
        this.sockets = sockets;
    }

    /** What {@code environment} describes; throws {@link FetchException} where it names certificates that cannot be read. */
    public static FetchNetwork of(Map<String, String> environment) {
        String certificates = environment.getOrDefault("SSL_CERT_FILE", "");
        return new FetchNetwork(environment, certificates.isBlank() ? null : sockets(Path.of(certificates)));
    }

    /** A connection to {@code address} that has not been opened. */
    HttpURLConnection connect(URI address) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(proxy(address));
        if (sockets != null && connection instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(sockets);
        }
        return connection;
    }

    /** The proxy that leads to {@code address}. */
    Proxy proxy(URI address) {
        String name = address.getScheme().toLowerCase(Locale.ROOT) + "_proxy";
        String value = variable(name).isEmpty() ? variable("all_proxy") : variable(name);
        if (value.isEmpty() || isExempt(address.getHost())) {
            return Proxy.NO_PROXY;
        }
        URI proxy;
        try {
            proxy = URI.create(value.contains("://") ? value : "http://" + value);
        } catch (IllegalArgumentException e) {
            throw new FetchException(name.toUpperCase(Locale.ROOT) + " is not an address of a proxy");
        }
        if (proxy.getHost() == null || !"http".equalsIgnoreCase(proxy.getScheme()) || proxy.getUserInfo() != null) {
            throw new FetchException(
                    name.toUpperCase(Locale.ROOT)
                            + " must be http://HOST:PORT without a name and password; other kinds of proxies are not supported");
        }
        return new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort()));
    }

    private String variable(String lower) {
        String value = environment.get(lower);
        return value != null
                ? value.strip()
                : environment.getOrDefault(lower.toUpperCase(Locale.ROOT), "").strip();
    }

    /** {@code NO_PROXY} lists hosts, domains with or without a leading dot, names that begin or end with a star, or a star for all. */
    private boolean isExempt(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return Arrays.stream(variable("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+"))
                .map(entry -> entry.startsWith("*.") ? entry.substring(2) : entry)
                .map(entry -> entry.startsWith(".") ? entry.substring(1) : entry)
                .map(entry -> entry.replaceFirst(":\\d+$", ""))
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> covers(entry, lower));
    }

    private static boolean covers(String entry, String host) {
        if (entry.endsWith("*")) {
            return host.startsWith(entry.substring(0, entry.length() - 1));
        }
        return entry.startsWith("*")
                ? host.endsWith(entry.substring(1))
                : host.equals(entry) || host.endsWith("." + entry);
    }

    private static SSLSocketFactory sockets(Path certificates) {
        try (InputStream in = Files.newInputStream(certificates)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("file-" + count++, certificate);
            }
            if (count == 0) {
                throw new FetchException("SSL_CERT_FILE: " + certificates + " holds no certificate");
            }
            for (X509Certificate certificate : usual()) {
                trusted.setCertificateEntry("java-" + count++, certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new FetchException("SSL_CERT_FILE: " + certificates + " cannot be read as certificates: " + e);
        }
    }

    /** What Java trusts already. */
    private static X509Certificate[] usual() throws GeneralSecurityException {
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init((KeyStore) null);
        return Arrays.stream(managers.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .map(X509TrustManager::getAcceptedIssuers)
                .orElse(new X509Certificate[0]);
    }
}
