package dev.altiplano.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.tokenizer.sentencepiece.SentencePieceTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every case of the reference library, exactly. */
class SentencePieceReferenceTest {

    private static final JsonNode CASES = Reference.json("tokenizer_cases.json");

    private final SentencePieceTokenizer tokenizer = Reference.tokenizer();

    @Test
    void knowsTheVocabulary() {
        JsonNode vocabulary = Reference.json("tokenizer_vocab.json").get("vocab");
        assertThat(tokenizer.vocabularySize()).isEqualTo(vocabulary.size()).isEqualTo(512);
        for (int id = 0; id < vocabulary.size(); id++) {
            assertThat(tokenizer.piece(id)).isEqualTo(vocabulary.get(id).get(0).stringValue());
        }
        assertThat(tokenizer.bos()).isEqualTo(1);
        assertThat(tokenizer.eos()).isEqualTo(2);
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.isEnd(2)).isTrue();
        assertThat(tokenizer.isEnd(1)).isFalse();
        assertThat(tokenizer.isEnd(-1)).isFalse();
    }

    @Test
    void encodesText() {
        assertThat(CASES.get("encode")).hasSize(259);
        for (JsonNode one : CASES.get("encode")) {
            String text = one.get("text").stringValue();
            int[] ids = Reference.ints(one.get("ids"));
            assertThat(tokenizer.encode(text)).as("ids of '%s'", text).containsExactly(ids);
            assertThat(tokenizer.decode(ids))
                    .as("text of '%s'", text)
                    .isEqualTo(one.get("decoded").stringValue());
        }
    }

    @Test
    void encodesBytes() {
        assertThat(CASES.get("encode_bytes")).hasSize(13);
        for (JsonNode one : CASES.get("encode_bytes")) {
            byte[] utf8 = HexFormat.of().parseHex(one.get("utf8_hex").stringValue());
            int[] ids = Reference.ints(one.get("ids"));
            assertThat(tokenizer.encode(Utf8Stream.decode(utf8)))
                    .as("ids of %s", one)
                    .containsExactly(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(one.get("decoded").stringValue());
        }
    }

    @Test
    void decodesWholeAloneAndStreamed() {
        assertThat(CASES.get("decode")).hasSize(110);
        int stepwise = 0;
        for (JsonNode one : CASES.get("decode")) {
            int[] ids = Reference.ints(one.get("ids"));
            assertThat(tokenizer.decode(ids))
                    .as("%s", one)
                    .isEqualTo(one.get("decoded").stringValue());
            assertThat(streamed(ids)).isEqualTo(one.get("decoded").stringValue());
            if (one.has("each")) {
                for (int i = 0; i < ids.length; i++) {
                    assertThat(tokenizer.decode(new int[] {ids[i]}))
                            .isEqualTo(one.get("each").get(i).stringValue());
                }
            }
            if (one.has("prefixes")) {
                stepwise++;
                for (int i = 0; i < ids.length; i++) {
                    String prefix = one.get("prefixes").get(i).stringValue();
                    assertThat(tokenizer.decode(Arrays.copyOf(ids, i + 1))).isEqualTo(prefix);
                    assertThat(streamed(Arrays.copyOf(ids, i + 1))).isEqualTo(prefix);
                }
            }
        }
        assertThat(stepwise).isEqualTo(97);
    }

    private String streamed(int[] ids) {
        Detokenizer detokenizer = tokenizer.detokenizer();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.append(id));
        }
        return text.append(detokenizer.finish()).toString();
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        for (JsonNode one : CASES.get("decode_errors")) {
            int[] ids = Reference.ints(one.get("ids"));
            int last = ids[ids.length - 1];
            assertThatThrownBy(() -> tokenizer.decode(ids))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("token id " + last)
                    .hasMessageContaining("0 to 511");
            assertThatThrownBy(() -> tokenizer.detokenizer().append(last))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> tokenizer.piece(last)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void isTheSameFromLists() {
        Map<String, Integer> numbers = Map.of("normal", 1, "unknown", 2, "control", 3, "byte", 6);
        JsonNode vocabulary = Reference.json("tokenizer_vocab.json").get("vocab");
        List<String> pieces = new ArrayList<>();
        float[] scores = new float[vocabulary.size()];
        int[] kinds = new int[vocabulary.size()];
        for (int id = 0; id < kinds.length; id++) {
            pieces.add(vocabulary.get(id).get(0).stringValue());
            scores[id] = vocabulary.get(id).get(1).floatValue();
            kinds[id] = numbers.get(vocabulary.get(id).get(2).stringValue());
        }
        SentencePieceTokenizer fromLists = SentencePieceTokenizer.of(pieces, scores, kinds, 1, 2, 0, true, true);
        for (JsonNode one : CASES.get("encode")) {
            int[] ids = Reference.ints(one.get("ids"));
            assertThat(fromLists.encode(one.get("text").stringValue())).containsExactly(ids);
            assertThat(fromLists.decode(ids)).isEqualTo(one.get("decoded").stringValue());
        }
    }
}
