package dev.altiplano.server.page;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Breaks the next stream after some of its events, as a network does, or a service that stops. */
final class BrokenStream implements Filter {

    private static final int NONE = -1;

    private static final byte[] STOPPING =
            "data: {\"error\":{\"message\":\"The service is stopping\",\"param\":null,\"code\":\"stopping\"}}\n\n"
                    .getBytes(StandardCharsets.UTF_8);

    private final AtomicInteger flushesOfNext = new AtomicInteger(NONE);
    private volatile byte[] lastWords = {};

    /** Lets the next stream be flushed so often and no more. */
    void breakNextAfter(int flushes) {
        lastWords = new byte[0];
        flushesOfNext.set(flushes);
    }

    /** The same, with an event that says why. */
    void stopNextAfter(int flushes) {
        lastWords = STOPPING;
        flushesOfNext.set(flushes);
    }

    /** Whether a stream has been taken that is to break. */
    boolean taken() {
        return flushesOfNext.get() == NONE;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean posted = request.getContentLengthLong() > 0;
        int flushes = posted ? flushesOfNext.getAndSet(NONE) : NONE;
        chain.doFilter(
                request, flushes == NONE ? response : new Breaking((HttpServletResponse) response, flushes, lastWords));
    }

    private static final class Breaking extends HttpServletResponseWrapper {

        private final int flushes;
        private final byte[] lastWords;

        Breaking(HttpServletResponse response, int flushes, byte[] lastWords) {
            super(response);
            this.flushes = flushes;
            this.lastWords = lastWords;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            return new BreakingStream(super.getOutputStream(), flushes, lastWords);
        }
    }

    private static final class BreakingStream extends ServletOutputStream {

        private final ServletOutputStream out;
        private final byte[] lastWords;
        private int flushes;

        BreakingStream(ServletOutputStream out, int flushes, byte[] lastWords) {
            this.out = out;
            this.flushes = flushes;
            this.lastWords = lastWords;
        }

        @Override
        public void write(int each) throws IOException {
            out.write(each);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            if (flushes-- == 0) {
                out.write(lastWords);
                out.flush();
                throw new IOException("the connection is broken");
            }
            out.flush();
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }
}
