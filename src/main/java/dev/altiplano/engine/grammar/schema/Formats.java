package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.regex.RegexParser;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Patterns for the formats of strings: those of JSON Schema (RFC 3339, 4122, 5321, 2673, 4291, 3986, 6570, 6901), of OpenAPI's
 * registry, and what Pydantic and Zod write. Each matches valid texts only, and the usual ones among them: no leap seconds, no
 * quoted mail boxes, no numeric top-level domains, expressions with groups at most two deep.
 */
final class Formats {

    private static final String DIGITS = "[0-9]{1,4}";
    private static final String LEAP =
            "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29";
    /** From 1 on, where dates begin in Python, .NET and most databases. */
    private static final String YEAR = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)";

    private static final String DATE = "(" + YEAR + "-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)"
            + "|(0[13578]|1[02])-31)|" + LEAP + ")";
    private static final String LOCAL_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?";
    private static final String TIME = LOCAL_TIME + "(Z|[+-](0[0-9]|1[0-4]):(00|15|30|45))";
    private static final String DURATION_TIME = "T(#H(#M(#S)?)?|#M(#S)?|#S)".replace("#", DIGITS);
    private static final String DURATION =
            ("P((#Y(#M(#D)?)?|#M(#D)?|#D)(" + DURATION_TIME + ")?|" + DURATION_TIME + "|#W)").replace("#", DIGITS);
    private static final String LABEL = "[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,20}){0,2}";
    private static final String HOSTNAME = "(" + LABEL + "\\.){0,3}[A-Za-z]{2,20}";
    private static final String ATOM = "[A-Za-z0-9_+-]{1,15}";
    private static final String EMAIL = ATOM + "(\\." + ATOM + "){0,3}@(" + LABEL + "\\.){1,3}[A-Za-z]{2,20}";
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
    private static final String H = "[0-9a-fA-F]{1,4}";
    private static final String IPV6 = ("((#:){7}#|(#:){1,7}:|(#:){1,6}:#|(#:){1,5}(:#){1,2}|(#:){1,4}(:#){1,3}"
                    + "|(#:){1,3}(:#){1,4}|(#:){1,2}(:#){1,5}|#:(:#){1,6}|:((:#){1,7}|:))")
            .replace("#", H);
    private static final String URI_CHAR = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})";
    private static final String TAIL =
            "(/" + URI_CHAR + "*)*(\\?(" + URI_CHAR + "|[/?])*)?(#(" + URI_CHAR + "|[/?])*)?";
    /** A path that does not begin as an address of another host. */
    private static final String REFERENCE =
            "(/(" + URI_CHAR + "+(/" + URI_CHAR + "*)*)?)?" + TAIL.substring(TAIL.indexOf("(\\?"));

    private static final String VARIABLE = "[A-Za-z0-9_]{1,20}([*]|:[1-9][0-9]{0,2})?";
    private static final String TEMPLATE_CHAR =
            "(" + URI_CHAR + "|\\{[+#./;?&]?" + VARIABLE + "(," + VARIABLE + ")*\\})";
    private static final String TEMPLATE_TAIL =
            "(/" + TEMPLATE_CHAR + "*)*(\\?(" + TEMPLATE_CHAR + "|[/?])*)?(#(" + TEMPLATE_CHAR + "|[/?])*)?";
    /** {@link #TAIL} for schemas that bound the length. */
    private static final String SHORT_TAIL =
            "(/" + URI_CHAR + "{0,32}){0,4}(\\?(" + URI_CHAR + "|[/?]){0,64})?(#" + URI_CHAR + "{0,32})?";

    private static final String ADDRESS = "[a-z][a-z0-9+.-]{1,15}://" + HOSTNAME + "(:[1-9][0-9]{0,3})?";
    private static final String URI = ADDRESS + TAIL;
    /** No URI with a short tail has so many characters. */
    private static final int LONG = 1024;

    private static final String POINTER = "(/([^/~#\\x00-\\x1F]|~[01])*)*";
    private static final String UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-";
    private static final String UUID_END = "[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}";
    private static final String BASE64 = "(@{4})*(@[AQgw]==|@{2}[AEIMQUYcgkosw048]=)?";
    private static final String IPV4_PREFIX = "/([12]?[0-9]|3[0-2])";
    private static final String IPV6_PREFIX = "/(1[01][0-9]|12[0-8]|[1-9]?[0-9])";
    /** Networks have no bits behind their prefix. */
    private static final String IPV4_NETWORK =
            "(#\\.0\\.0\\.0/8|#\\.#\\.0\\.0/16|#\\.#\\.#\\.0/24|#(\\.#){3}/32)".replace("#", OCTET);

    private static final String IPV6_NETWORK = "(#::/16|#:#::/32|#:#:#::/48|#:#:#:#::/64)".replace("#", H);

    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("time-local", LOCAL_TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("date-time-local", DATE + "T" + LOCAL_TIME),
            Map.entry("duration", DURATION),
            Map.entry("uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
            Map.entry("uuid1", UUID + "1[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid3", UUID + "3[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid4", UUID + "4[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid5", UUID + "5[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid6", UUID + "6[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid7", UUID + "7[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("uuid8", UUID + "8[0-9a-fA-F]{3}-" + UUID_END),
            Map.entry("ulid", "[0-7][0-9A-HJKMNP-TV-Z]{25}"),
            Map.entry("email", EMAIL),
            Map.entry("idn-email", EMAIL),
            Map.entry("hostname", HOSTNAME),
            Map.entry("idn-hostname", HOSTNAME),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", IPV6),
            Map.entry("ipvanyaddress", "(" + IPV4 + "|" + IPV6 + ")"),
            Map.entry("ipv4interface", IPV4 + IPV4_PREFIX),
            Map.entry("ipv6interface", IPV6 + IPV6_PREFIX),
            Map.entry("ipvanyinterface", "(" + IPV4 + IPV4_PREFIX + "|" + IPV6 + IPV6_PREFIX + ")"),
            Map.entry("ipv4network", IPV4_NETWORK),
            Map.entry("ipv6network", IPV6_NETWORK),
            Map.entry("ipvanynetwork", "(" + IPV4_NETWORK + "|" + IPV6_NETWORK + ")"),
            Map.entry("cidrv4", IPV4 + IPV4_PREFIX),
            Map.entry("cidrv6", IPV6 + IPV6_PREFIX),
            Map.entry("uri", URI),
            Map.entry("iri", URI),
            Map.entry("uri-template", "(" + ADDRESS + ")?" + TEMPLATE_TAIL),
            Map.entry("uri-reference", "(" + URI + "|" + REFERENCE + ")"),
            Map.entry("iri-reference", "(" + URI + "|" + REFERENCE + ")"),
            Map.entry("json-pointer", POINTER),
            Map.entry("relative-json-pointer", "(0|[1-9][0-9]{0,8})(#|" + POINTER + ")"),
            Map.entry("regex", Expressions.PATTERN),
            Map.entry("byte", BASE64.replace("@", "[A-Za-z0-9+/]")),
            Map.entry("base64", BASE64.replace("@", "[A-Za-z0-9+/]")),
            Map.entry("base64url", BASE64.replace("@", "[A-Za-z0-9_-]")),
            Map.entry("e164", "\\+[1-9][0-9]{6,14}"),
            Map.entry("char", "[^\\x00-\\x1F]"));

    /** Automata of JSON strings by the pattern of their format, made when first asked for; few more than there are formats. */
    private static final Map<String, Dfa> AUTOMATA = new ConcurrentHashMap<>();

    private Formats() {}

    /**
     * JSON strings in a format, of at most {@code maxLength} characters; null for a format that is not known, or where its texts
     * may be longer. Counting characters costs a state for each, so URIs are kept short instead.
     */
    static @Nullable Dfa strings(String format, int maxLength) {
        String pattern = pattern(format);
        if (pattern == null || maxLength == Integer.MAX_VALUE) {
            return pattern == null ? null : automaton(pattern);
        }
        return pattern.equals(URI) && maxLength >= LONG ? automaton(ADDRESS + SHORT_TAIL) : null;
    }

    private static Dfa automaton(String pattern) {
        Dfa known = AUTOMATA.get(pattern);
        if (known == null) {
            Budget budget = new Budget(GrammarLimits.DEFAULT);
            known = Automata.jsonString(RegexParser.whole(pattern, budget), budget);
            AUTOMATA.put(pattern, known);
        }
        return known;
    }

    /** The pattern of a format; null for one that is not known, which JSON Schema wants ignored. */
    static @Nullable String pattern(String format) {
        return PATTERNS.get(format);
    }
}
