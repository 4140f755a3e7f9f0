package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The container image, built from the jar of this build and run without root and without a writable root file system. */
class ImageIT {

    @Test
    void theImageAnswersACompletionAndStopsInOrder() throws Exception {
        String output = Command.run("bash", "docker/test.sh", "target/altiplano.jar");
        System.out.println(output);
        assertThat(output)
                .contains("user 10001:10001")
                .contains("healthy by the image's own check")
                .contains("\"text_completion\"")
                .contains("stopped with 143")
                .contains("the image works");
    }
}
