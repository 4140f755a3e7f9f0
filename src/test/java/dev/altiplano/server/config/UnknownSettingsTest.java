package dev.altiplano.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start is told and nobody would read. */
class UnknownSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "ALTIPLANO_MODEL_PTAH,ALTIPLANO_MODEL_PATH",
        "ALTIPLANO_MODELPATH,ALTIPLANO_MODEL_PATH",
        "ALTIPLANO_ENGINE_MAXSEQUENCE,ALTIPLANO_ENGINE_MAXSEQUENCES",
        "altiplano_engine_thread,ALTIPLANO_ENGINE_THREADS",
        "ALTIPLANO_SOMETHING_QUITE_DIFFERENT,it is none",
        "ALTIPLANO_MODEL,it is none",
        "ALTIPLANO_ENGINE_DRAFTMODEL,it is none",
        "ALTIPLANO_ENGINE_DRAFTMODEL_PTAH,ALTIPLANO_ENGINE_DRAFTMODEL_PATH",
    })
    void refusesAVariableThatIsNoSetting(String variable, String meant) {
        assertThatThrownBy(() -> UnknownSettings.requireKnown(List.of("PATH", variable)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(variable)
                .hasMessageContaining(meant);
    }

    @Test
    void takesSettingsInEveryWayTheyAreWrittenAndLeavesOthersAlone() {
        UnknownSettings.requireKnown(List.of(
                "ALTIPLANO_MODEL_PATH",
                "ALTIPLANO_MODEL_PACKEDCACHE",
                "ALTIPLANO_MODEL_PACKED_CACHE",
                "ALTIPLANO_MODEL_ALIASES_0",
                "ALTIPLANO_ENGINE_DRAFTMODEL_PATH",
                "ALTIPLANO_ENGINE_DRAFT_MODEL_KV_CACHE_SIZE",
                "ALTIPLANO_API_CORSORIGINS",
                "altiplano_api_keysfile",
                "ALTIPLANO_SERVICE_HOST",
                "ALTIPLANO_PORT_8080_TCP_ADDR",
                "ALTIPLANO_METRICS_SERVICE_PORT_HTTP",
                "MY_ALTIPLANO_X"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/models/7B", "-altiplano.model.path=/x", "-Daltiplano.model.path=/x", "serve"})
    void refusesAnArgumentThatIsNoSetting(String argument) {
        assertThatThrownBy(() -> UnknownSettings.requireSettings("--server.port=0", argument))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(argument);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--altiplano.engine=5",
                "--altiplano.engine.draft-model=/x",
                "--altiplano.adapter-route",
                "--altiplano=1"
            })
    void refusesAValueForAGroup(String argument) {
        assertThatThrownBy(() -> UnknownSettings.requireSettings("--altiplano.adapters.legal=/x", argument))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(argument.replaceFirst("=.*", "") + " = ")
                .hasMessageContaining("each behind a dot");
    }

    @ParameterizedTest
    @CsvSource({"512,512B", "4GB,4GB", "4Gi,4GB", "4GiB,4GB", "64M,64MB", "1024KB,1MB", "0B,0B", "-1B,-1B", "1 Ti,1TB"})
    void readsSizesInEveryUnit(String text, String size) {
        assertThat(ByteSize.of(text)).hasToString(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "4 XB", "1.5GB", "99999999TB", "4GBB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> ByteSize.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
