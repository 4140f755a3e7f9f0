package dev.altiplano.engine.cache.tier;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What the tier needs of a file. Used by one thread at a time. */
interface Disk extends AutoCloseable {

    long size() throws IOException;

    /** Reads into what remains of {@code target}, which may come to less; negative at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes of what remains of {@code source}, which may come to less. */
    int write(ByteBuffer source, long position) throws IOException;

    /** Says that it is a file of prefixes, or becomes one: what it holds is its user's alone. */
    default void protect() throws IOException {}

    /** Cuts off what lies behind {@code size}. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
