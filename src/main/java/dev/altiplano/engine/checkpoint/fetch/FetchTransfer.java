package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Fills the part file with one version of the server's file. */
final class FetchTransfer {

    /** The server has another version of the file than the one that was begun. */
    static final class ChangedException extends IOException {
        private static final long serialVersionUID = 1;

        ChangedException(String message) {
            super(message);
        }
    }

    private static final int BUFFER_BYTES = 1 << 16;

    private final FetchRequest request;
    private final FetchSource source;
    private final Progress progress;
    private final FetchPatience patience;
    private final AtomicLong doneBytes = new AtomicLong();
    private volatile boolean stopped;

    FetchTransfer(FetchRequest request, FetchSource source, Progress progress) {
        this.request = request;
        this.source = source;
        this.progress = progress;
        this.patience = new FetchPatience(request, () -> stopped);
    }

    /** What the server says of the file, without its bytes. */
    private record Offer(long totalBytes, boolean ranged, String validator) {}

    /** Length of the server's file; -1 where it does not say. */
    long totalBytes() throws IOException, InterruptedException {
        return offer().totalBytes();
    }

    private Offer offer() throws IOException, InterruptedException {
        return patience.call(() -> 0, () -> {
            FetchSource.Reply reply = source.open(0, 1, "");
            reply.body().close();
            return new Offer(reply.totalBytes(), reply.ranged(), reply.validator());
        });
    }

    /** Returns when the part file holds the whole file. */
    void run() throws IOException, InterruptedException {
        Offer offer = offer();
        if (offer.totalBytes() > request.maxBytes()) {
            throw new FetchException(tooLarge(offer.totalBytes() + " bytes"));
        }
        if (offer.totalBytes() < 0 && request.sha256() == null) {
            throw new FetchException(FetchRequest.shown(request.source())
                    + " does not say how long the file is, so a cut could not be told from its end: give its SHA-256");
        }
        try (FileChannel part = FileChannel.open(
                request.part(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (offer.totalBytes() > 0 && offer.ranged()) {
                ranges(offer, part);
            } else {
                Files.deleteIfExists(request.state());
                whole(offer, part);
            }
        }
    }

    private void ranges(Offer offer, FileChannel part) throws IOException, InterruptedException {
        FetchState state = FetchState.empty(offer.totalBytes(), request.partBytes(), offer.validator());
        FetchState before = FetchState.read(request.state());
        if (before != null && before.continues(state, request.sha256() != null)) {
            state = before;
        } else {
            part.truncate(0);
            state.write(request.state());
        }
        doneBytes.set(state.doneBytes());
        checkSpace(state.totalBytes() - state.doneBytes());
        show(state.totalBytes());
        AtomicInteger next = new AtomicInteger();
        int workers = Math.min(request.parallel(), state.parts());
        FetchState parts = state;
        // An interrupt breaks a virtual thread's wait for bytes, so one failure ends all at once.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Boolean> finished = new ExecutorCompletionService<>(threads);
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(finished.submit(() -> work(parts, part, next)));
            }
            try {
                for (int i = 0; i < workers; i++) {
                    finished.take().get();
                }
            } catch (ExecutionException e) {
                throw cause(e);
            } finally {
                stopped = true;
                running.forEach(future -> future.cancel(true));
            }
        }
    }

    /** What a task threw. */
    static IOException cause(ExecutionException e) {
        return switch (e.getCause()) {
            case IOException failed -> failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case null, default -> new IOException(e);
        };
    }

    private boolean work(FetchState state, FileChannel part, AtomicInteger next)
            throws IOException, InterruptedException {
        for (int i = next.getAndIncrement(); i < state.parts() && !stopped; i = next.getAndIncrement()) {
            if (!state.isDone(i)) {
                range(state, i, part);
                state.finish(i, part, request.state());
            }
        }
        return true;
    }

    private void range(FetchState state, int index, FileChannel part) throws IOException, InterruptedException {
        AtomicLong position = new AtomicLong(state.start(index));
        long end = state.end(index);
        patience.call(position::get, () -> {
            FetchSource.Reply reply = source.open(position.get(), end, state.validator());
            try (InputStream body = reply.body()) {
                if (!reply.ranged()
                        || reply.totalBytes() != state.totalBytes()
                        || !reply.validator().equals(state.validator())) {
                    throw new ChangedException("another version of the file");
                }
                copy(body, part, position, end, state.totalBytes());
            }
            if (position.get() < end) {
                throw new FetchSource.PassingException("the connection ended before the range", 0);
            }
            return position;
        });
    }

    /** For servers that know no ranges: each try begins again. */
    private void whole(Offer offer, FileChannel part) throws IOException, InterruptedException {
        checkSpace(Math.max(0, offer.totalBytes()));
        patience.call(() -> 0, () -> {
            part.truncate(0);
            doneBytes.set(0);
            if (offer.totalBytes() == 0) {
                return part;
            }
            FetchSource.Reply reply = source.open(0, Long.MAX_VALUE, "");
            AtomicLong position = new AtomicLong();
            try (InputStream body = reply.body()) {
                // A reply that lost its length could be cut without a sign.
                if (offer.totalBytes() >= 0 && reply.totalBytes() != offer.totalBytes()) {
                    throw new ChangedException("another length than before");
                }
                if (reply.totalBytes() > request.maxBytes()) {
                    throw new FetchException(tooLarge(reply.totalBytes() + " bytes"));
                }
                long most = reply.totalBytes() < 0 ? request.maxBytes() : reply.totalBytes();
                copy(body, part, position, most, reply.totalBytes());
                if (reply.totalBytes() < 0 && position.get() == most && body.read() >= 0) {
                    throw new FetchException(tooLarge("more"));
                }
            }
            if (reply.totalBytes() >= 0 && position.get() < reply.totalBytes()) {
                throw new FetchSource.PassingException("the connection ended before the file", 0);
            }
            return part;
        });
    }

    private void copy(InputStream body, FileChannel part, AtomicLong position, long end, long total)
            throws IOException {
        byte[] bytes = new byte[BUFFER_BYTES];
        while (position.get() < end && !stopped) {
            int n = body.read(bytes, 0, (int) Math.min(bytes.length, end - position.get()));
            if (n < 0) {
                return;
            }
            write(part, ByteBuffer.wrap(bytes, 0, n), position.get());
            position.addAndGet(n);
            doneBytes.addAndGet(n);
            if (total > 0) {
                show(total);
            }
        }
    }

    /** A disk that fails does not recover by another try. */
    private void write(FileChannel part, ByteBuffer bytes, long position) {
        try {
            long at = position;
            while (bytes.hasRemaining()) {
                at += part.write(bytes, at);
            }
        } catch (IOException e) {
            throw new FetchException("writing " + request.part() + " failed: " + e.getMessage());
        }
    }

    private synchronized void show(long total) {
        progress.advanced(doneBytes.get(), total);
    }

    private void checkSpace(long neededBytes) throws IOException {
        long free = Files.getFileStore(request.folder()).getUsableSpace();
        if (free < neededBytes) {
            throw new FetchException(request.folder() + " has " + free + " bytes free, and " + neededBytes + " of "
                    + request.name() + " are to come: make room, or choose another folder");
        }
    }

    private String tooLarge(String found) {
        return FetchRequest.shown(request.source()) + " has " + found + ", and at most " + request.maxBytes()
                + " bytes are wanted: raise the limit if that is right";
    }
}
