package dev.altiplano.server.api.json;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what Jackson met in words of ours, with the path of the field. Jackson's own words quote the body and name its classes. */
final class JsonProblem {

    private static final String INVALID_JSON = "invalid_json";
    private static final String LIMITS =
            "The body is beyond what is read: " + Json.MAX_DEPTH + " levels of nesting, names of "
                    + Json.MAX_NAME_CHARACTERS + " and numbers of " + Json.MAX_NUMBER_CHARACTERS + " characters";

    private JsonProblem() {}

    static InvalidJsonException of(@Nullable String field, String message) {
        return new InvalidJsonException(field, INVALID_JSON, message);
    }

    static InvalidJsonException of(JacksonException problem, JsonParser parser) {
        List<JacksonException.Reference> references = problem.getPath();
        String path = path(references);
        String field = path.isEmpty() ? null : path(withoutLastIndex(references));
        return switch (problem) {
            case WrongValueException wrong -> new InvalidJsonException(field, wrong.code(), path + " " + wrong.what());
            case UnrecognizedPropertyException unknown ->
                new InvalidJsonException(path, "unknown_parameter", "Unrecognized field: " + path);
            case StreamConstraintsException beyond -> of(field, LIMITS);
            case UnexpectedEndOfInputException early -> of(field, "The body ends within its JSON object");
            case MismatchedInputException mismatch ->
                path.isEmpty()
                        ? of(null, "The body goes on after its JSON object")
                        : new InvalidJsonException(field, null, path + " must be " + type(mismatch));
            default ->
                of(
                        field == null ? parser.currentName() : field,
                        "The body is not valid JSON" + where(problem) + twice(problem));
        };
    }

    private static String type(MismatchedInputException mismatch) {
        Class<?> type = mismatch.getTargetType();
        boolean list = type != null && Collection.class.isAssignableFrom(type);
        return (list ? "an array" : "an object") + WrongValueException.found(mismatch.getCurrentToken());
    }

    private static String twice(JacksonException problem) {
        return String.valueOf(problem.getOriginalMessage()).startsWith("Duplicate") ? ": a field is given twice" : "";
    }

    private static String where(JacksonException problem) {
        TokenStreamLocation at = problem.getLocation();
        return at == null || at.getLineNr() < 0
                ? ""
                : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }

    /** {@code messages[0].role}. */
    private static String path(List<JacksonException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : references) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.toString();
    }

    /** What OpenAI calls the parameter: the field, not the entry of its list. */
    private static List<JacksonException.Reference> withoutLastIndex(List<JacksonException.Reference> references) {
        boolean index = references.getLast().getPropertyName() == null;
        return index ? references.subList(0, references.size() - 1) : references;
    }
}
