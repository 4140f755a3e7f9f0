package dev.altiplano.training.corpus;

/** Somebody in a story, with the words that stand for the name. */
record Person(String name, boolean female) {

    String he() {
        return female ? "she" : "he";
    }

    String He() {
        return female ? "She" : "He";
    }

    String his() {
        return female ? "her" : "his";
    }

    String His() {
        return female ? "Her" : "His";
    }

    String him() {
        return female ? "her" : "him";
    }

    String child() {
        return female ? "girl" : "boy";
    }
}
