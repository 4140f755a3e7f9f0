package dev.altiplano.tool.doctor;

import java.util.regex.Pattern;

/** Secrets in settings and texts, which are replaced by a mask. */
final class Secrets {

    private static final String MASK = "***";
    private static final String WORDS = "(?:key|token|secret|password|passwd|credential|authorization|signature)";

    /** The name of a setting that may hold a secret. */
    private static final Pattern NAME = Pattern.compile("(?i).*" + WORDS + ".*");

    /** The name of a setting that says where a secret is, or how it is kept. */
    private static final Pattern PLACE = Pattern.compile("(?i).*(?:file|path|dir|location|size|type|alias)");

    /** Settings of this program, none of which is a secret: {@code queue.tokens} is a number, {@code keys-file} a path. */
    private static final Pattern OURS = Pattern.compile("(?i)(?:\\S+: )?altiplano[._].*");

    /** A variable that holds any number of settings. */
    private static final Pattern JSON_NAME = Pattern.compile("(?i)spring_application_json");

    /** {@code name=value} in the middle of a text, such as Java's options; not where the setting is one of this program. */
    private static final Pattern ASSIGNED = Pattern.compile(
            "(?i)(?<![\\w.-])(?!-{0,2}D?altiplano[._])([\\w.-]*" + WORDS + "[\\w.-]*[=:]\\s*)(?!//)[^\\s,;&]+");

    private static final Pattern USER = Pattern.compile("://[^/@\\s]+@");
    private static final Pattern QUERY = Pattern.compile("(://[^\\s?]*\\?)\\S+");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s+)[\\w.~+/=-]+");
    private static final Pattern HUB_TOKEN = Pattern.compile("\\bhf_[A-Za-z0-9]{8,}");

    private Secrets() {}

    /** Returns the value of the setting {@code name} as it may be printed. */
    static String maskedSetting(String name, String value) {
        boolean secret = NAME.matcher(name).matches()
                && !PLACE.matcher(name).matches()
                && !OURS.matcher(name).matches();
        return (secret || JSON_NAME.matcher(name).matches()) && !value.isEmpty() ? MASK : masked(value);
    }

    /** Returns {@code text} without the secrets that are known by the words around them. */
    static String masked(String text) {
        String told = USER.matcher(text).replaceAll("://" + MASK + "@");
        told = QUERY.matcher(told).replaceAll("$1" + MASK);
        told = BEARER.matcher(told).replaceAll("$1" + MASK);
        told = HUB_TOKEN.matcher(told).replaceAll(MASK);
        return ASSIGNED.matcher(told).replaceAll("$1" + MASK);
    }
}
