package dev.altiplano.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a file of keys. Each line is a name, its keys with commas between them, and its limits:
 *
 * <pre>{@code
 * # comment
 * web    3GmrTJ0bWv5wYkq2Zc8eXA
 * batch  sha256:6b3a55e0261b0304143f805a24924d0c1c44524821305f31d9277843b8a10f4e  requests=4 tokens-per-minute=60000 priority=-1
 * }</pre>
 *
 * A key stands as it is sent or as its SHA-256. Two keys in a line are two ways to be the same caller, so that one can be
 * replaced by the other while both are in use.
 */
final class KeyFile {

    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_KEYS_OF_A_LINE = 16;
    private static final String HASHED = "sha256:";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    /** What RFC 6750 allows after {@code Bearer}. */
    private static final String KEY = "[A-Za-z0-9._~+/-]{16,512}={0,2}";

    /** One line: a caller and the hashes of its keys. */
    record Entry(String name, List<byte[]> hashes, KeyLimits limits) {}

    private KeyFile() {}

    /** The entries of {@code content}; none where it holds nothing but comments. */
    static List<Entry> parse(byte[] content) throws KeyFileException {
        if (content.length > MAX_BYTES) {
            throw new KeyFileException("the file is larger than " + MAX_BYTES + " bytes");
        }
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<ByteBuffer, Integer> lineOfKey = new HashMap<>();
        int line = 0;
        for (int begin = 0; begin < content.length; ) {
            int end = begin;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            line++;
            String text = text(content, begin, end, line).strip();
            begin = end + 1;
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            Entry entry = entry(text.split("[ \t]+"), line);
            if (!names.add(entry.name())) {
                throw new KeyFileException(
                        line,
                        "the name is already in an earlier line; one line may have several keys, with commas between them");
            }
            for (byte[] hash : entry.hashes()) {
                Integer before = lineOfKey.put(ByteBuffer.wrap(hash), line);
                if (before != null) {
                    throw new KeyFileException(line, "a key is already in line " + before);
                }
            }
            entries.add(entry);
        }
        return entries;
    }

    private static String text(byte[] content, int begin, int end, int line) throws KeyFileException {
        if (end - begin > MAX_LINE_BYTES) {
            throw new KeyFileException(line, "longer than " + MAX_LINE_BYTES + " bytes");
        }
        int length = end > begin && content[end - 1] == '\r' ? end - begin - 1 : end - begin;
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, begin, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new KeyFileException(line, "not UTF-8 text");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) && text.charAt(i) != '\t') {
                throw new KeyFileException(line, "has a control character at column " + (i + 1));
            }
        }
        return text;
    }

    private static Entry entry(String[] fields, int line) throws KeyFileException {
        if (!fields[0].matches(NAME)) {
            throw new KeyFileException(
                    line, "the name must be at most 64 letters, digits and . _ -, beginning with a letter or digit");
        }
        if (fields.length < 2) {
            throw new KeyFileException(line, "a key must follow the name");
        }
        String[] keys = fields[1].split(",", -1);
        if (keys.length > MAX_KEYS_OF_A_LINE) {
            throw new KeyFileException(line, "more than " + MAX_KEYS_OF_A_LINE + " keys");
        }
        List<byte[]> hashes = new ArrayList<>();
        for (String key : keys) {
            hashes.add(hash(key, line));
        }
        return new Entry(fields[0], hashes, limits(fields, line));
    }

    private static byte[] hash(String key, int line) throws KeyFileException {
        if (key.startsWith(HASHED)) {
            String hex = key.substring(HASHED.length());
            if (!hex.matches("[0-9A-Fa-f]{64}")) {
                throw new KeyFileException(line, "after sha256: there must be 64 hexadecimal digits");
            }
            return HexFormat.of().parseHex(hex);
        }
        if (!key.matches(KEY)) {
            throw new KeyFileException(
                    line,
                    "a key must be 16 to 512 letters, digits and - . _ ~ + / (with = at the end), or sha256: and the SHA-256"
                            + " of one");
        }
        return KeyRing.sha256(key);
    }

    private static KeyLimits limits(String[] fields, int line) throws KeyFileException {
        int requests = 0;
        int tokensPerMinute = 0;
        int priority = 0;
        Set<String> seen = new HashSet<>();
        for (int i = 2; i < fields.length; i++) {
            int equals = fields[i].indexOf('=');
            String name = equals < 0 ? "" : fields[i].substring(0, equals);
            String value = fields[i].substring(equals + 1);
            switch (name) {
                case "requests" -> requests = number(name, value, 1, 1_000_000, line);
                case "tokens-per-minute" -> tokensPerMinute = number(name, value, 1, 1_000_000_000, line);
                case "priority" -> priority = number(name, value, -100, 100, line);
                default ->
                    throw new KeyFileException(
                            line,
                            "field " + (i + 1)
                                    + " is not a limit; there are requests=, tokens-per-minute= and priority=");
            }
            if (!seen.add(name)) {
                throw new KeyFileException(line, name + " is there twice");
            }
        }
        return new KeyLimits(requests, tokensPerMinute, priority);
    }

    private static int number(String name, String value, int min, int max, int line) throws KeyFileException {
        if (value.matches("-?[0-9]{1,10}")) {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return (int) number;
            }
        }
        throw new KeyFileException(line, name + " must be a whole number from " + min + " to " + max);
    }
}
