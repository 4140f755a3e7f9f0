package dev.altiplano.engine.checkpoint.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Where a model is: on this machine, at a web address, or on a hub. */
public sealed interface ModelAddress {

    /** Files of this machine. */
    record Local(Path path) implements ModelAddress {
        @Override
        public String name() {
            Path last = path.toAbsolutePath().normalize().getFileName();
            return last == null ? "" : last.toString();
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** One file of a web server, or the first part of a GGUF model that was split. */
    record Remote(URI address) implements ModelAddress {
        @Override
        public String name() {
            return FetchRequest.nameOf(address);
        }

        @Override
        public String toString() {
            return FetchRequest.shown(address);
        }
    }

    /** A model of a hub. */
    record Hub(HubAddress model) implements ModelAddress {
        @Override
        public String name() {
            return model.name();
        }

        @Override
        public String toString() {
            return model.toString();
        }
    }

    Pattern OTHER_SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+://.*", Pattern.CASE_INSENSITIVE);

    /** What one would call the model: the last part of its path, or the hub's name. */
    String name();

    /**
     * Reads {@code hf:owner/name[@revision]}, {@code https:}, {@code http:}, {@code s3:} and {@code file:} addresses; all else is a
     * path.
     *
     * @param environment names the hub and the store of S3, as {@link HubAddress} and {@link S3Address} say
     * @throws FetchException what is wrong with the address, or that nobody knows its scheme
     */
    static ModelAddress of(String text, Map<String, String> environment) {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            if (lower.startsWith(HubAddress.SCHEME)) {
                return new Hub(HubAddress.of(text, environment));
            }
            if (lower.startsWith("s3:")) {
                return remote(S3Address.https(text, environment));
            }
            if (lower.startsWith("https:") || lower.startsWith("http:")) {
                return remote(new URI(text));
            }
            if (lower.startsWith("file:")) {
                String path = text.substring("file:".length());
                return new Local(path.startsWith("//") ? Path.of(new URI(text)) : Path.of(path));
            }
        } catch (URISyntaxException e) {
            // What the address holds may be a secret.
            throw new FetchException("the address of the model cannot be read: " + e.getReason());
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new FetchException(text + " names no file: " + e.getMessage());
        }
        if (OTHER_SCHEME.matcher(text).matches()) {
            throw new FetchException(text.substring(0, text.indexOf(':'))
                    + ": addresses are not known; write hf:OWNER/NAME, https:, s3:, file: or a path");
        }
        return new Local(Path.of(text));
    }

    private static Remote remote(URI address) {
        FetchRequest.checkScheme(address, true);
        return new Remote(address);
    }
}
