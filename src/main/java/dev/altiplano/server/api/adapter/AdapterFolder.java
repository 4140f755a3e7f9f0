package dev.altiplano.server.api.adapter;

import dev.altiplano.server.api.error.ApiException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The folder below which adapters may be loaded from, whatever a request says. */
record AdapterFolder(Path folder) {

    /**
     * The file or folder that {@code asked} names: below this folder, also once symbolic links have been followed.
     *
     * @throws ApiException 400 where it is not there or not below
     */
    Path resolve(String asked) {
        try {
            Path root = folder.toRealPath();
            Path real = root.resolve(asked).toRealPath();
            if (!real.equals(root) && real.startsWith(root)) {
                return real;
            }
        } catch (IOException | InvalidPathException e) {
            // What else lies on this machine is nobody's to find out.
            throw refusal();
        }
        throw refusal();
    }

    private static ApiException refusal() {
        return ApiException.invalid(
                "lora_path",
                "invalid_value",
                "lora_path must name a folder or a file that is there, below altiplano.adapter-route.dir");
    }
}
