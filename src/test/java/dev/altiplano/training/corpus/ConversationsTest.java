package dev.altiplano.training.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.training.corpus.Conversation.Assistant;
import dev.altiplano.training.corpus.Conversation.Call;
import dev.altiplano.training.corpus.Conversation.Result;
import dev.altiplano.training.corpus.Conversation.Tool;
import dev.altiplano.training.corpus.Conversation.Turn;
import dev.altiplano.training.corpus.Conversation.User;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConversationsTest {

    private static final int COUNT = 2000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void areAlwaysTheSameForASeed() {
        for (int i = 0; i < 50; i++) {
            assertThat(Conversations.conversation(3, i)).isEqualTo(Conversations.conversation(3, i));
        }
        assertThat(Conversations.conversation(3, 1)).isNotEqualTo(Conversations.conversation(4, 1));
    }

    @Test
    void callsAreOfToolsThatThereAre() {
        int calls = 0;
        for (int i = 0; i < COUNT; i++) {
            Conversation conversation = Conversations.conversation(5, i);
            List<Turn> turns = conversation.turns();
            assertThat(turns.getLast()).isInstanceOf(Assistant.class);
            for (int t = 0; t < turns.size(); t++) {
                if (turns.get(t) instanceof Call(String name, String arguments)) {
                    calls++;
                    assertThat(turns.get(t - 1)).isInstanceOf(User.class);
                    assertThat(turns.get(t + 1)).isInstanceOf(Result.class);
                    Tool tool = conversation.tools().stream()
                            .filter(each -> each.name().equals(name))
                            .findFirst()
                            .orElseThrow();
                    assertThat(new ArrayList<>(JSON.readTree(arguments).propertyNames()))
                            .isEqualTo(tool.parameters());
                }
            }
        }
        assertThat(calls).isGreaterThan(COUNT / 10);
    }

    /** The JSON says what the sentence says, and nothing else. */
    @Test
    void jsonIsMadeOfTheSentence() {
        int answers = 0;
        for (int i = 0; i < COUNT; i++) {
            List<Turn> turns = Conversations.conversation(6, i).turns();
            if (!(turns.getLast() instanceof Assistant(String text)) || !text.startsWith("{")) {
                continue;
            }
            answers++;
            String asked = turns.subList(0, turns.size() - 1).toString();
            for (JsonNode value : JSON.readTree(text)) {
                if (!value.isBoolean()) {
                    assertThat(asked)
                            .contains(value.asString()
                                    .substring(0, Math.min(3, value.asString().length())));
                }
            }
        }
        assertThat(answers).isGreaterThan(COUNT / 20);
    }
}
