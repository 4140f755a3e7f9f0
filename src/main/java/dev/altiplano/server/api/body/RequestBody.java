package dev.altiplano.server.api.body;

/**
 * A body that has been read and bound to a record. Its memory is charged until it is closed: not before what was made of it has been
 * handed on.
 */
public final class RequestBody<T> implements AutoCloseable {

    private final T value;
    private final byte[] bytes;
    private final int length;
    private final long digest;
    private final Runnable release;

    RequestBody(T value, byte[] bytes, int length, long digest, Runnable release) {
        this.value = value;
        this.bytes = bytes;
        this.length = length;
        this.digest = digest;
        this.release = release;
    }

    public T value() {
        return value;
    }

    /** An array that begins with the body as it was sent, to be read until this is closed. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many bytes it has. */
    public int length() {
        return length;
    }

    /** The beginning of the SHA-256 of its bytes. */
    public long digest() {
        return digest;
    }

    @Override
    public void close() {
        release.run();
    }
}
