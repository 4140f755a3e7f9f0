package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The container image, built from a clone by all stages of its Dockerfile, and run without root and a writable root file system. */
class ImageIT {

    @Test
    void theImageAnswersACompletionAndStopsInOrder() throws Exception {
        String output = Command.run("bash", "docker/test.sh");
        System.out.println(output);
        assertThat(output)
                .contains("200  /v1/models")
                .contains("user 10001:10001")
                .contains("healthy by the image's own check")
                .contains("\"text_completion\"")
                .contains("run with TLS")
                .contains("stopped with 143")
                .contains("the image works");
    }
}
