package dev.altiplano.server.api.resume;

import dev.altiplano.server.api.error.ApiException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The id of an event: which answer it belongs to, and what has been sent when it has arrived. As text it is base64url of
 *
 * <pre>
 * version (1)  fingerprint (4)  request (8)  answer (16)  created (varint)  flags (1)  choices (varint)
 * each choice: flags (1)  characters (varint)  pieces (varint)  textDigest (4)  scores (varint)  scoreDigest (4), as flagged
 * CRC-32C of all before (4)
 * </pre>
 *
 * <p>The checksum is against damage. Somebody who makes an id up gets no more than any request may ask for: an answer from a seed of his
 * choice, without its beginning.
 *
 * @param fingerprint of the service that began the answer
 * @param request digest of the request's path and body
 * @param answer what the ids of the answer and its random numbers come from
 * @param created when the answer began, seconds since 1970: a chat's prompt may say the date
 * @param usage whether the usage has been sent
 * @param choices how far each choice is
 */
record EventId(int fingerprint, long request, UUID answer, long created, boolean usage, List<ChoicePosition> choices) {

    /** The header that clients send an id back in. */
    static final String HEADER = "Last-Event-ID";

    /** Choices of a stream that has ids: with more, they would be larger than what they number. */
    static final int MAX_CHOICES = 64;

    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 48;
    private static final int CHOICE_BYTES = 24;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_TEXT = 4 * (HEAD_BYTES + MAX_CHOICES * CHOICE_BYTES) / 3;
    private static final int VARINT_BITS = 7;
    private static final int MAX_CREATED_BITS = 40;

    private static final int BEGUN = 1;
    private static final int FINISHED = 2;
    private static final int TEXT = 4;
    private static final int PIECES = 8;
    private static final int SCORES = 16;
    private static final int ALL = 31;

    EventId {
        choices = List.copyOf(choices);
    }

    /** What goes over the wire. */
    String text() {
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + choices.size() * CHOICE_BYTES);
        out.put(VERSION).putInt(fingerprint).putLong(request);
        out.putLong(answer.getMostSignificantBits()).putLong(answer.getLeastSignificantBits());
        putVarint(out, created);
        out.put((byte) (usage ? 1 : 0));
        putVarint(out, choices.size());
        for (ChoicePosition choice : choices) {
            put(out, choice);
        }
        out.putInt(checksum(out.array(), out.position()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    private static void put(ByteBuffer out, ChoicePosition choice) {
        int flags = (choice.begun() ? BEGUN : 0)
                | (choice.finished() ? FINISHED : 0)
                | (choice.characters() > 0 ? TEXT : 0)
                | (choice.pieces() > 0 ? PIECES : 0)
                | (choice.scores() > 0 ? SCORES : 0);
        out.put((byte) flags);
        if (choice.characters() > 0) {
            putVarint(out, choice.characters());
        }
        if (choice.pieces() > 0) {
            putVarint(out, choice.pieces());
        }
        if ((flags & (TEXT | PIECES)) != 0) {
            out.putInt(choice.textDigest());
        }
        if (choice.scores() > 0) {
            putVarint(out, choice.scores());
            out.putInt(choice.scoreDigest());
        }
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws ApiException 400 where it is anything else
     */
    static EventId parse(String text) {
        try {
            if (text.length() <= MAX_TEXT) {
                byte[] bytes = Base64.getUrlDecoder().decode(text);
                int end = bytes.length - CHECKSUM_BYTES;
                // Bits behind the last byte would be ignored by the decoder.
                if (end > 0
                        && Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(bytes)
                                .equals(text)
                        && ByteBuffer.wrap(bytes).getInt(end) == checksum(bytes, end)) {
                    return read(ByteBuffer.wrap(bytes, 0, end));
                }
            }
        } catch (IllegalArgumentException | BufferUnderflowException notOurs) {
            // Told below.
        }
        throw garbled();
    }

    private static EventId read(ByteBuffer in) {
        if (in.get() != VERSION) {
            throw garbled();
        }
        int fingerprint = in.getInt();
        long request = in.getLong();
        UUID answer = new UUID(in.getLong(), in.getLong());
        long created = varint(in, MAX_CREATED_BITS);
        byte usage = in.get();
        int count = (int) varint(in, Integer.SIZE - 1);
        if (usage < 0 || usage > 1 || count > MAX_CHOICES) {
            throw garbled();
        }
        List<ChoicePosition> choices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            choices.add(readChoice(in));
        }
        if (in.hasRemaining()) {
            throw garbled();
        }
        return new EventId(fingerprint, request, answer, created, usage == 1, choices);
    }

    private static ChoicePosition readChoice(ByteBuffer in) {
        int flags = in.get();
        if ((flags & ~ALL) != 0) {
            throw garbled();
        }
        int characters = (flags & TEXT) == 0 ? 0 : (int) varint(in, Integer.SIZE - 1);
        int pieces = (flags & PIECES) == 0 ? 0 : (int) varint(in, Integer.SIZE - 1);
        int textDigest = (flags & (TEXT | PIECES)) == 0 ? 0 : in.getInt();
        int scores = (flags & SCORES) == 0 ? 0 : (int) varint(in, Integer.SIZE - 1);
        int scoreDigest = (flags & SCORES) == 0 ? 0 : in.getInt();
        return new ChoicePosition(
                (flags & BEGUN) != 0, (flags & FINISHED) != 0, characters, pieces, scores, textDigest, scoreDigest);
    }

    private static void putVarint(ByteBuffer out, long value) {
        long rest = value;
        while (rest >>> VARINT_BITS != 0) {
            out.put((byte) (rest | 1 << VARINT_BITS));
            rest >>>= VARINT_BITS;
        }
        out.put((byte) rest);
    }

    private static long varint(ByteBuffer in, int bits) {
        long value = 0;
        for (int shift = 0; shift < bits; shift += VARINT_BITS) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                if (value >>> bits != 0) {
                    throw garbled();
                }
                return value;
            }
        }
        throw garbled();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static ApiException garbled() {
        return ApiException.invalid(
                HEADER,
                "invalid_event_id",
                HEADER + " is not the id of an event that this service sent: send the last event's id as it came");
    }
}
