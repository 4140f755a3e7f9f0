package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.GrammarException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Finds what {@code $ref} points to within the same schema. */
final class SchemaReferences {

    private final Json root;

    SchemaReferences(Json root) {
        this.root = root;
    }

    /** The pointer in a schema's {@code $ref}. */
    String pointer(Json.Obj schema, String path) {
        if (!(schema.get("$ref") instanceof Json.Str(String reference))) {
            throw new GrammarException(path + "/$ref: must be a string");
        }
        String own = root instanceof Json.Obj object && object.get("$id") instanceof Json.Str(String id) ? id : "";
        String local = !own.isEmpty() && reference.startsWith(own) ? reference.substring(own.length()) : reference;
        if (local.isEmpty()) {
            return "#";
        }
        if (!local.equals("#") && !local.startsWith("#/")) {
            throw new GrammarException(path + "/$ref: \"" + GrammarException.shorten(reference)
                    + "\" is not within the schema; put it under $defs and refer to it as #/$defs/name");
        }
        return local;
    }

    Json resolve(String pointer, String path) {
        Json at = root;
        if (pointer.length() > 2) {
            for (String part : pointer.substring(2).split("/", -1)) {
                String key = decode(part);
                Json next = null;
                if (at instanceof Json.Obj object) {
                    next = object.get(key);
                } else if (at instanceof Json.Arr(List<Json> values) && key.matches("0|[1-9][0-9]{0,6}")) {
                    int index = Integer.parseInt(key);
                    next = index < values.size() ? values.get(index) : null;
                }
                if (next == null) {
                    throw new GrammarException(
                            path + "/$ref: there is no \"" + GrammarException.shorten(pointer) + "\" in the schema");
                }
                at = next;
            }
        }
        return at;
    }

    private static String decode(String part) {
        String plain = part;
        if (part.indexOf('%') >= 0) {
            try {
                plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                plain = part;
            }
        }
        return plain.replace("~1", "/").replace("~0", "~");
    }
}
