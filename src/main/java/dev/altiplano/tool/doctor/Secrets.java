package dev.altiplano.tool.doctor;

import java.util.regex.Pattern;

/** What is told of values that may be secret: that they are there. */
final class Secrets {

    private static final String MASK = "***";
    private static final String WORDS = "(?:key|token|secret|password|passwd|credential|authorization|signature)";

    /** A name that is a secret's. A path to one, a number of tokens and a switch are none. */
    private static final Pattern NAME = Pattern.compile("(?i).*" + WORDS + ".*");

    private static final Pattern PLACE = Pattern.compile("(?i).*(?:file|path|dir|location|size|type|alias)");
    /** Settings of our own hold paths, numbers and switches where their names sound like secrets. */
    private static final Pattern OURS = Pattern.compile("(?i)(?:\\S+: )?altiplano[._].*");

    /** All settings at once. */
    private static final Pattern JSON_NAME = Pattern.compile("(?i)spring_application_json");
    /** {@code name=value} in the middle of a text, such as Java's options; not where the name is one of ours. */
    private static final Pattern ASSIGNED = Pattern.compile(
            "(?i)(?<![\\w.-])(?!-{0,2}D?altiplano[._])([\\w.-]*" + WORDS + "[\\w.-]*[=:]\\s*)(?!//)[^\\s,;&]+");

    private static final Pattern USER = Pattern.compile("://[^/@\\s]+@");
    private static final Pattern QUERY = Pattern.compile("(://[^\\s?]*\\?)\\S+");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s+)[\\w.~+/=-]+");
    private static final Pattern HUB_TOKEN = Pattern.compile("\\bhf_[A-Za-z0-9]{8,}");

    private Secrets() {}

    /** The value of the setting {@code name} as it may be told. */
    static String maskedSetting(String name, String value) {
        boolean secret = NAME.matcher(name).matches()
                && !PLACE.matcher(name).matches()
                && !OURS.matcher(name).matches();
        return (secret || JSON_NAME.matcher(name).matches()) && !value.isEmpty() ? MASK : masked(value);
    }

    /** {@code text} without the secrets that can be told by what stands around them. */
    static String masked(String text) {
        String told = USER.matcher(text).replaceAll("://" + MASK + "@");
        told = QUERY.matcher(told).replaceAll("$1" + MASK);
        told = BEARER.matcher(told).replaceAll("$1" + MASK);
        told = HUB_TOKEN.matcher(told).replaceAll(MASK);
        return ASSIGNED.matcher(told).replaceAll("$1" + MASK);
    }
}
