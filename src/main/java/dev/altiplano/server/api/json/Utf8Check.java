package dev.altiplano.server.api.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Well-formed UTF-8, without overlong forms and surrogates, which Jackson lets pass; and no other encoding, which it would guess. */
final class Utf8Check {

    private static final int CHARACTERS = 4096;

    private Utf8Check() {}

    static void require(byte[] body, int length) {
        int ascii = 0;
        while (ascii < length && body[ascii] >= 0) {
            ascii++;
        }
        ByteBuffer in = ByteBuffer.wrap(body, ascii, length - ascii);
        if (!in.hasRemaining()) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(CHARACTERS);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw JsonProblem.of(null, "The body is not UTF-8: byte " + in.position() + " begins no character");
        }
    }
}
