package dev.altiplano.training.vocabulary;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Writes SentencePiece's {@code tokenizer.model} (a protocol buffer, {@code ModelProto}): ids 0 to 2 unknown, begin and end, 3
 * to 258 the bytes, then normal pieces, scored by their rank.
 */
public final class TokenizerModel {

    /** Ids before the first normal piece. */
    public static final int RESERVED = 3 + 256;

    private TokenizerModel() {}

    /** The file's bytes for the given normal pieces, best first. */
    public static byte[] write(List<String> pieces) {
        Message model = new Message();
        model.bytes(1, piece("<unk>", 0, 2));
        model.bytes(1, piece("<s>", 0, 3));
        model.bytes(1, piece("</s>", 0, 3));
        for (int value = 0; value < 256; value++) {
            model.bytes(1, piece(String.format(Locale.ROOT, "<0x%02X>", value), 0, 6));
        }
        for (int rank = 0; rank < pieces.size(); rank++) {
            model.bytes(1, piece(pieces.get(rank), -rank, 1));
        }
        model.bytes(2, trainer(pieces.size() + RESERVED));
        model.bytes(3, normalizer());
        return model.toBytes();
    }

    private static byte[] piece(String text, float score, int type) {
        Message piece = new Message();
        piece.bytes(1, text.getBytes(StandardCharsets.UTF_8));
        piece.number(2, score);
        if (type != 1) {
            piece.integer(3, type);
        }
        return piece.toBytes();
    }

    private static byte[] trainer(int size) {
        Message trainer = new Message();
        trainer.integer(3, 2); // model_type: BPE
        trainer.integer(4, size); // vocab_size
        trainer.integer(25, 1); // split_digits
        trainer.integer(35, 1); // byte_fallback
        trainer.integer(40, 0); // unk_id
        trainer.integer(41, 1); // bos_id
        trainer.integer(42, 2); // eos_id
        trainer.integer(43, -1); // pad_id
        return trainer.toBytes();
    }

    private static byte[] normalizer() {
        Message normalizer = new Message();
        normalizer.bytes(1, "identity".getBytes(StandardCharsets.UTF_8));
        normalizer.integer(3, 1); // add_dummy_prefix
        normalizer.integer(4, 0); // remove_extra_whitespaces
        normalizer.integer(5, 1); // escape_whitespaces
        return normalizer.toBytes();
    }

    /** Fields of one message in the wire format of protocol buffers. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void integer(int field, long value) {
            varint((long) field << 3);
            varint(value);
        }

        void number(int field, float value) {
            varint((long) field << 3 | 5);
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array());
        }

        void bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }
}
