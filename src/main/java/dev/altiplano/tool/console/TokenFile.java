package dev.altiplano.tool.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds one secret word, as Kubernetes mounts it. */
public final class TokenFile {

    private TokenFile() {}

    public static String read(Path file) throws IOException {
        String token = Files.readString(file).strip();
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new ToolException(file + " holds no token: one word is expected");
        }
        return token;
    }
}
