package dev.altiplano.tool.replay;

import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The comparison of recorded answers with those of a service.
 *
 * @param any whether answers of another fingerprint are compared too
 */
record Comparison(ReplayTarget target, boolean any) {

    Verdict compare(RecordedRequest request) throws InterruptedException {
        ObjectNode body = request.body();
        if (body == null) {
            return new Verdict.Skipped("it was recorded without texts");
        }
        if (!request.completed()) {
            return new Verdict.Skipped("its answer was not complete");
        }
        try {
            String fingerprint = target.fingerprint(request.adapter());
            if (!any && !request.fingerprint().equals(fingerprint)) {
                return new Verdict.OtherFingerprint(request.fingerprint());
            }
            ReplayTarget.Answer answer = target.ask(request, ReplayBody.of(request, body), fingerprint);
            return answer.status() == 200
                    ? compare(request.choices(), answer.choices())
                    : new Verdict.Differs(answer.message());
        } catch (IOException e) {
            return new Verdict.Differs("no answer: " + e.getMessage());
        }
    }

    private static Verdict compare(List<Choice> before, List<Choice> now) {
        if (before.size() != now.size()) {
            return new Verdict.Differs("it has " + now.size() + " choices, had " + before.size());
        }
        for (int i = 0; i < before.size(); i++) {
            String difference = before.get(i).difference(now.get(i));
            if (difference != null) {
                return new Verdict.Differs("choice " + before.get(i).index() + ": " + difference);
            }
        }
        return new Verdict.Same();
    }
}
