package dev.altiplano.engine.tokenizer.sentencepiece;

import dev.altiplano.engine.tokenizer.TokenizerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message of a protocol buffer out of bytes that nobody vouches for: every length is checked against what is
 * left of the message around it, and nothing is allocated for a length that was only announced.
 *
 * <p>The caller asks {@link #next} for a field and then either reads its value or calls {@link #skip}.
 */
final class ProtobufReader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private final String message;

    private int fieldStart;
    private int field;
    private int wireType;

    ProtobufReader(byte[] file, String message) {
        this(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN), message);
    }

    private ProtobufReader(ByteBuffer bytes, String message) {
        this.bytes = bytes;
        this.message = message;
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        fieldStart = bytes.position();
        long tag = varint("a field's tag");
        long number = tag >>> 3;
        if (number == 0 || number > 0x1FFFFFFF) {
            throw fail("field number " + Long.toUnsignedString(number) + " is not allowed");
        }
        field = (int) number;
        wireType = (int) (tag & 7);
        return true;
    }

    /** The number of the field at hand. */
    int field() {
        return field;
    }

    /** Where the field at hand begins, in the file. */
    int fieldStart() {
        return fieldStart;
    }

    void skip() {
        switch (wireType) {
            case VARINT -> varint("a number");
            case FIXED64 -> need(8, "a 64-bit value");
            case LENGTH_DELIMITED -> take("a value");
            case FIXED32 -> need(4, "a 32-bit value");
            default -> throw fail("wire type " + wireType + " is not allowed");
        }
    }

    long number(String name) {
        expect(VARINT, name);
        return varint(name);
    }

    boolean flag(String name) {
        return number(name) != 0;
    }

    float decimal(String name) {
        expect(FIXED32, name);
        int start = bytes.position();
        need(4, name);
        return bytes.getFloat(start);
    }

    /** The length of a value whose content does not matter. */
    int length(String name) {
        expect(LENGTH_DELIMITED, name);
        return take(name).remaining();
    }

    String text(String name) {
        expect(LENGTH_DELIMITED, name);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(take(name));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw fail(name + " is not UTF-8");
        }
    }

    ProtobufReader message(String name) {
        expect(LENGTH_DELIMITED, name);
        return new ProtobufReader(take(name), name);
    }

    TokenizerException fail(String problem) {
        return TokenizerException.at(fieldStart, message + ": " + problem);
    }

    private void expect(int expected, String name) {
        if (wireType != expected) {
            throw fail(name + " (field " + field + ") has wire type " + wireType + ", expected " + expected);
        }
    }

    private ByteBuffer take(String name) {
        int start = bytes.position();
        long length = varint("the length of " + name);
        if (length < 0 || length > bytes.remaining()) {
            throw TokenizerException.at(
                    start,
                    message + ": " + name + " announces " + Long.toUnsignedString(length) + " bytes, but only "
                            + bytes.remaining() + " are left");
        }
        int from = bytes.position();
        bytes.position(from + (int) length);
        return bytes.duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(from + (int) length)
                .position(from);
    }

    private void need(int length, String name) {
        if (bytes.remaining() < length) {
            throw TokenizerException.at(bytes.position(), message + " ends inside " + name);
        }
        bytes.position(bytes.position() + length);
    }

    private long varint(String name) {
        int start = bytes.position();
        long value = 0;
        for (int shift = 0; bytes.hasRemaining(); shift += 7) {
            byte b = bytes.get();
            if (shift == 63 && (b & 0xFE) != 0) {
                throw TokenizerException.at(start, message + ": " + name + " is a number of more than 64 bits");
            }
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw TokenizerException.at(start, message + " ends inside " + name);
    }
}
