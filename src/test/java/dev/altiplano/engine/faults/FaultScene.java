package dev.altiplano.engine.faults;

import dev.altiplano.engine.RandomModel;
import dev.altiplano.engine.checkpoint.fetch.HostileServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** The folders in which faults happen: a model with its packed copies, and what is fetched of a server that has the same model. */
final class FaultScene implements AutoCloseable {

    private static final Path FAILING_DISK = Path.of("target/native-test/libfailing_disk.so");

    private final Path good;
    private final Path goodCopies;
    private final Path model;
    private final Path copies;
    private final Path fetched;
    private final Path logs;
    private final HostileServer server;
    private final String sha256;

    /** @param hidden columns of the model: how large it is, and so how long loading takes */
    FaultScene(Path folder, int hidden) throws Exception {
        logs = folder;
        good = RandomModel.write(folder, 1, hidden, 4);
        // Whole seconds, as every file system keeps them.
        Files.setLastModifiedTime(good, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
        goodCopies = folder.resolve("good-copies");
        model = Files.createDirectory(folder.resolve("model")).resolve("model.gguf");
        copies = folder.resolve("copies");
        fetched = folder.resolve("fetched");
        byte[] bytes = Files.readAllBytes(good);
        sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        server = new HostileServer(bytes, 1);
    }

    /** Whether disks can be made to fail: where there is a C compiler. */
    static boolean hasFailingDisk() {
        return Files.exists(FAILING_DISK);
    }

    /** Puts everything where it belongs. */
    void reset(boolean copied) throws IOException {
        deleteAll(copies);
        deleteAll(fetched);
        Files.createDirectories(copies);
        Files.createDirectories(fetched);
        repairModel();
        if (copied) {
            copyAll(goodCopies, copies);
        }
    }

    /** Puts the model back; all else stays as it is. */
    void repairModel() throws IOException {
        Files.copy(good, model, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Keeps the copies that are there as the good ones. */
    void keepCopies() throws IOException {
        copyAll(copies, goodCopies);
    }

    /** Starts an engine with a fault's target; with a fault that has a place, at this part of the file. */
    EngineProcess start(FileFault fault, double place) throws IOException {
        Path folder = folder(fault.target());
        return new EngineProcess(
                logs,
                fault.isAtATime()
                        ? Map.of()
                        : Map.of(
                                "LD_PRELOAD",
                                FAILING_DISK.toAbsolutePath().toString(),
                                "FAILING_FILE",
                                folder + "/",
                                "FAILING_FROM",
                                Long.toString((long) (place * bytes(fault.target()))),
                                fault.kind() == FileFault.Kind.UNWRITABLE ? "FAILING_WRITES" : "FAILING_READS",
                                "1"),
                arguments(fault.target()));
    }

    /** How long a target's file is, or will be. */
    private long bytes(FileFault.Target target) throws IOException {
        return Files.size(target == FileFault.Target.COPY ? files(goodCopies).getFirst() : good);
    }

    /** Starts an engine with which nothing happens. */
    EngineProcess start(FileFault.Target target) throws IOException {
        return new EngineProcess(logs, Map.of(), arguments(target));
    }

    private List<String> arguments(FileFault.Target target) {
        return target == FileFault.Target.FETCHED
                ? List.of(copies.toString(), server.address().toString(), fetched.toString(), sha256)
                : List.of(copies.toString(), model.toString());
    }

    private Path folder(FileFault.Target target) {
        return switch (target) {
            case MODEL -> model.resolveSibling("");
            case COPY -> copies;
            case FETCHED -> fetched;
        };
    }

    /** Lets a fault happen now, to one of the files that there are. */
    void happen(FileFault fault, EngineProcess engine, Random random) throws IOException {
        if (fault.kind() == FileFault.Kind.KILL) {
            engine.kill();
            return;
        }
        List<Path> files = files(folder(fault.target()));
        if (files.isEmpty()) {
            return;
        }
        Path file = files.get(random.nextInt(files.size()));
        try {
            switch (fault.kind()) {
                case TRUNCATE -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate((long) (channel.size() * random.nextDouble()));
                    }
                }
                case REWRITE -> rewrite(file, random);
                case REMOVE -> Files.delete(file);
                case KILL, UNREADABLE, UNWRITABLE -> throw new IllegalStateException(fault + " has no moment");
            }
        } catch (NoSuchFileException e) {
            // It has been moved to its place meanwhile.
            return;
        }
    }

    private static void rewrite(Path file, Random random) throws IOException {
        byte[] other = new byte[1 + random.nextInt(1 << 16)];
        random.nextBytes(other);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long at = (long) (Math.max(0, channel.size() - other.length) * random.nextDouble());
            channel.write(ByteBuffer.wrap(other), at);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void copyAll(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                all.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                all.add(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        all.sort(Comparator.reverseOrder());
        for (Path path : all) {
            Files.delete(path);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
