package dev.altiplano.server.api.resume;

import dev.altiplano.server.ChatServer;
import dev.altiplano.server.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Services with the same model, each a process of its own. One that was killed is started again while the others go on. */
final class Replicas implements AutoCloseable {

    private final ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor();
    private final Path folder;
    private final String model = "--altiplano.model.path=" + ChatServer.model();
    private final List<ServiceProcess> running = new ArrayList<>();
    private final List<Future<ServiceProcess>> begun = new ArrayList<>();
    private int started;

    /** Starts {@code count} of them, with their logs below {@code folder}. */
    Replicas(Path folder, int count) throws Exception {
        this.folder = folder;
        for (int i = 0; i < count; i++) {
            start();
        }
        awaitStarts();
    }

    /** Begins to start one more. */
    void start() throws IOException {
        Path own = Files.createDirectory(folder.resolve("replica " + ++started));
        begun.add(starting.submit(() -> ServiceProcess.withJava(List.of("-Xmx160m"), own, model)));
    }

    /** Waits for those that are being started. */
    void awaitStarts() throws InterruptedException, ExecutionException {
        while (!begun.isEmpty()) {
            running.add(begun.getFirst().get());
            begun.removeFirst();
        }
    }

    /** Where those are that run, beginning with the one of this number, counted over and over. */
    List<URI> addresses(int first) {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            addresses.add(running.get((first + i) % running.size()).uri("/"));
        }
        return addresses;
    }

    /** How many run. */
    int size() {
        return running.size();
    }

    /** Kills one of those that run: SIGKILL. */
    void kill(int number) {
        ServiceProcess killed = running.remove(number);
        killed.kill();
        killed.close();
    }

    @Override
    public void close() throws InterruptedException, ExecutionException {
        try {
            awaitStarts();
        } finally {
            running.forEach(ServiceProcess::close);
            starting.close();
        }
    }
}
