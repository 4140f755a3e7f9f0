package dev.altiplano.tool.eval;

import dev.altiplano.training.corpus.DocumentKind;
import dev.altiplano.training.corpus.Grammar;
import dev.altiplano.training.run.RunConfig;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model's perplexity on unseen documents of the grammar, beside the one that a perfect model would have.
 *
 * @param kinds one line for each kind of document in the embedded model's mixture
 * @param mixed all of them, each with its share of the mixture
 */
record GrammarPerplexity(List<Line> kinds, Line mixed) {

    private static final int END_OF_SEQUENCE = 2;

    /** Costs in nats for each token; {@code tokens} counts the ends of sequence. */
    record Line(String name, int documents, long tokens, double modelNats, double grammarNats) {

        double perplexity() {
            return Math.exp(modelNats);
        }

        void print(PrintWriter out) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-12s %9d %7d %11.4f %15.4f %6.3f",
                    name,
                    documents,
                    tokens,
                    perplexity(),
                    Math.exp(grammarNats),
                    Math.exp(modelNats - grammarNats)));
        }
    }

    /** Costs of one kind of document in nats; the grammar's without the choice of the kind. */
    private record Cost(DocumentKind kind, int documents, long tokens, double modelNats, double grammarNats) {

        double documentsPerToken() {
            return (double) documents / tokens;
        }
    }

    GrammarPerplexity {
        kinds = List.copyOf(kinds);
    }

    /**
     * Measures a model.
     *
     * @param texts documents of each kind
     * @param seed which documents
     */
    static GrammarPerplexity of(EvaluatedModel model, int texts, long seed) throws InterruptedException {
        Map<DocumentKind, Double> mixture = RunConfig.demo().grammarShares();
        List<Cost> costs = new ArrayList<>();
        for (DocumentKind kind : mixture.keySet()) {
            costs.add(cost(model, kind, texts, seed));
        }
        // The grammar's part of the first token: which kind a document is of, by how many of each there are.
        double documentsPerToken = costs.stream()
                .mapToDouble(cost -> share(mixture, cost) * cost.documentsPerToken())
                .sum();
        double shares = mixture.values().stream().mapToDouble(share -> share).sum();
        List<Line> kinds = new ArrayList<>();
        double modelNats = 0;
        double grammarNats = 0;
        for (Cost cost : costs) {
            double choice = -Math.log(share(mixture, cost) * cost.documentsPerToken() / documentsPerToken);
            Line line = new Line(
                    cost.kind().label(),
                    cost.documents(),
                    cost.tokens(),
                    cost.modelNats() / cost.tokens(),
                    (cost.grammarNats() + choice * cost.documents()) / cost.tokens());
            kinds.add(line);
            modelNats += share(mixture, cost) / shares * line.modelNats();
            grammarNats += share(mixture, cost) / shares * line.grammarNats();
        }
        long tokens = costs.stream().mapToLong(Cost::tokens).sum();
        return new GrammarPerplexity(
                kinds, new Line("all, mixed", costs.size() * texts, tokens, modelNats, grammarNats));
    }

    private static double share(Map<DocumentKind, Double> mixture, Cost cost) {
        return mixture.getOrDefault(cost.kind(), 0.0);
    }

    private static Cost cost(EvaluatedModel model, DocumentKind kind, int texts, long seed)
            throws InterruptedException {
        List<int[]> documents = new ArrayList<>();
        double grammarNats = 0;
        long tokens = 0;
        for (int i = 0; i < texts; i++) {
            String text = Grammar.document(kind, seed, i).text();
            int[] ids = model.tokenize(text);
            int[] ended = Arrays.copyOf(ids, ids.length + 1);
            ended[ids.length] = END_OF_SEQUENCE;
            documents.add(ended);
            tokens += ids.length;
            grammarNats -= Grammar.logProbability(kind, text).orElseThrow();
        }
        double modelNats =
                model.nats(documents).stream().mapToDouble(nats -> nats).sum();
        return new Cost(kind, texts, tokens, modelNats, grammarNats);
    }

    void print(PrintWriter out) {
        out.println("kind         documents  tokens  perplexity  of the grammar  ratio");
        kinds.forEach(line -> line.print(out));
        mixed.print(out);
        out.flush();
    }
}
