package dev.altiplano.training.corpus;

import static dev.altiplano.training.corpus.Lexicon.a;

import java.util.ArrayList;
import java.util.List;

/**
 * A story: who the hero is and where the hero lives, one of ten things that happen, and how it ends. Names, pronouns and
 * things stay what they were; each story leaves facts behind that can be asked for.
 */
final class Story {

    /** Something that the story told. */
    record Fact(String question, String answer) {}

    private final Derivation d;
    private final Person hero;
    private final String relative;
    private final ArrayList<Fact> facts = new ArrayList<>();
    private boolean later;

    private Story(Derivation d) {
        this.d = d;
        d.pick(List.of("Once upon a time, there was ", "There once was ", "Long ago, there was "));
        String trait = d.pick(Lexicon.TRAITS.stream().map(word -> a(word)).toList());
        boolean female = d.pick(List.of(" girl", " boy")).equals(" girl");
        d.say(" named ");
        hero = new Person(d.pick(female ? Lexicon.GIRLS : Lexicon.BOYS), female);
        d.say(". " + hero.He() + " lived in ");
        String size = d.pick(Lexicon.SIZES.stream().map(Lexicon::a).toList());
        d.say(" ");
        String home = d.pick(Lexicon.HOMES);
        d.say(" ");
        String landmark = d.pick(Lexicon.LANDMARKS);
        d.say(" with " + hero.his() + " ");
        relative = d.pick(Lexicon.RELATIVES);
        d.say(".");
        String name = hero.name();
        facts.add(new Fact(
                "Where did " + name + " live?", hero.He() + " lived in " + size + " " + home + " " + landmark + "."));
        facts.add(new Fact(
                "Who lived with " + name + "?", hero.He() + " lived with " + hero.his() + " " + relative + "."));
        facts.add(new Fact("What was " + name + " like?", hero.He() + " was " + trait + " " + hero.child() + "."));
    }

    /** Tells a whole story and returns what can be asked about it: questions that have one answer. */
    static List<Fact> tell(Derivation d) {
        Story story = new Story(d);
        story.describe();
        int first = d.choose(10);
        story.happens(first);
        if (d.oneIn(5)) {
            story.later = true;
            int second = d.choose(9);
            story.happens(second < first ? second : second + 1);
        }
        story.end();
        return story.facts.stream().filter(story::hasOneAnswer).toList();
    }

    private boolean hasOneAnswer(Fact fact) {
        return facts.stream()
                        .filter(other -> other.question().equals(fact.question()))
                        .count()
                == 1;
    }

    private void happens(int plot) {
        switch (plot) {
            case 0 -> loses();
            case 1 -> findsAnAnimal();
            case 2 -> shares();
            case 3 -> plants();
            case 4 -> cooks();
            case 5 -> waitsForTheSky();
            case 6 -> races();
            case 7 -> travels();
            case 8 -> hearsANoise();
            default -> getsAPresent();
        }
    }

    /** Nothing, or one more thing about the hero. */
    private void describe() {
        switch (d.choose(5)) {
            case 0 -> {
                say(" ", hero.He(), " liked to ");
                String hobby = d.pick(Lexicon.HOBBIES);
                say(".");
                fact("What did " + name() + " like to do?", hero.He() + " liked to " + hobby + ".");
            }
            case 1 -> {
                say(" ", hero.His(), " favorite color was ");
                String color = d.pick(Lexicon.COLORS);
                say(".");
                fact("What was " + name() + "'s favorite color?", hero.His() + " favorite color was " + color + ".");
            }
            case 2 -> {
                say(" Every day, ", hero.he(), " helped the ");
                String job = d.pick(Lexicon.JOBS);
                say(".");
                fact("Who did " + name() + " help every day?", hero.He() + " helped the " + job + ".");
            }
            case 3 -> {
                say(" ", hero.He(), " wanted to be a ");
                String job = d.pick(Lexicon.JOBS);
                say(" one day.");
                fact("What did " + name() + " want to be?", hero.He() + " wanted to be a " + job + ".");
            }
            default -> say();
        }
    }

    private String name() {
        return hero.name();
    }

    private void say(String... words) {
        for (String word : words) {
            d.say(word);
        }
    }

    private void fact(String question, String answer) {
        facts.add(new Fact(question, answer));
    }

    /** " One morning, " and the like; " The next day, " where something happened before. */
    private void time() {
        if (later) {
            d.pick(List.of(" The next day, ", " Some days later, ", " A week later, ", " In the same year, "));
            return;
        }
        say(" One ");
        d.pick(Lexicon.TIMES);
        say(", ");
    }

    private Person friend() {
        boolean female = d.oneIn(2);
        return new Person(d.pick(female ? Lexicon.FRIENDS_SHE : Lexicon.FRIENDS_HE), female);
    }

    private void loses() {
        say(" ", name(), " had ");
        String aColor = d.pick(Lexicon.COLORS.stream().map(Lexicon::a).toList());
        String color = aColor.substring(aColor.indexOf(' ') + 1);
        say(" ");
        String toy = d.pick(Lexicon.TOYS);
        say(".");
        time();
        say("the ", toy, " was gone. ", hero.He(), " looked under the ");
        d.pick(Lexicon.UNDER);
        say(", but ");
        d.pick(List.of("it was not there", "there was only dust"));
        say(". ", hero.He(), " looked behind the ");
        d.pick(Lexicon.BEHIND);
        say(", but there was only ");
        d.pick(Lexicon.JUNK);
        say(". \"");
        d.pick(List.of("Can you help me", "Have you seen my " + toy, "Where is my " + toy));
        say("?\" ", hero.he(), " asked ", hero.his(), " ", relative, ". ");
        d.pick(List.of("They looked ", "Together they looked ", "Then they looked "));
        String place = d.pick(Lexicon.ROOMS);
        d.pick(List.of(". There was the ", ", and there was the ", ". There they found the "));
        say(color, " ", toy, "!");
        fact("What did " + name() + " lose?", hero.He() + " lost " + aColor + " " + toy + ".");
        fact("Where was the " + toy + "?", "It was " + place + ".");
        fact("What color was the " + toy + "?", "It was " + color + ".");
    }

    private void findsAnAnimal() {
        time();
        say(name(), " ");
        d.pick(List.of("went", "walked", "ran"));
        say(" to the ");
        String place = d.pick(Lexicon.PLACES);
        say(". There ", hero.he(), " ");
        d.pick(List.of("saw", "met", "found"));
        say(" ");
        String animal = d.pick(Lexicon.ANIMALS.stream().map(Lexicon::a).toList());
        animal = animal.substring(animal.indexOf(' ') + 1);
        say(". The ", animal, " was ");
        String need = d.pick(List.of("hungry", "thirsty", "cold", "tired"));
        say(". ", name(), " gave it ");
        String gift = switch (need) {
            case "hungry" -> d.pick(Lexicon.FOODS);
            case "thirsty" -> d.pick(List.of("water", "milk", "a bowl of water"));
            case "cold" -> d.pick(List.of("a warm blanket", "a soft scarf", "a warm coat"));
            default -> d.pick(List.of("a soft pillow", "a bed of leaves", "a quiet place to sleep"));
        };
        say(". \"");
        d.pick(List.of("You are safe now", "Do not be afraid", "I will be your friend"));
        say(",\" said ", name(), ". ", hero.He(), " called the ", animal, " ");
        String pet = d.pick(Lexicon.PETS);
        say(". From that day on, ", pet, " and ", name(), " ");
        d.pick(List.of("were best friends", "played every day", "were always together"));
        say(".");
        fact("Which animal did " + name() + " find?", hero.He() + " found " + a(animal) + ".");
        fact("What was the name of the " + animal + "?", "Its name was " + pet + ".");
        fact("What did " + name() + " give the " + animal + "?", hero.He() + " gave it " + gift + ".");
        fact("Where did " + name() + " go?", hero.He() + " went to the " + place + ".");
    }

    private void shares() {
        time();
        say(name(), " met ");
        Person friend = friend();
        say(" at the ");
        String place = d.pick(Lexicon.PLACES);
        say(". ", name(), " had ");
        String snack = d.pick(Lexicon.SNACKS.stream().map(Lexicon::a).toList());
        snack = snack.substring(snack.indexOf(' ') + 1);
        say(", but ", friend.name(), " had nothing to eat. ", name(), " cut the ", snack, " in two and gave ");
        say(friend.name(), " one half. \"");
        d.pick(List.of("Thank you", "How kind of you", "You are a good friend"));
        say(",\" said ", friend.name(), ". They ate together and ");
        d.pick(List.of("talked about", "laughed about", "told stories about", "sang a song about"));
        say(" ");
        d.pick(Lexicon.ANIMALS.stream().map(Lexicon::plural).toList());
        say(". The ", snack, " was ");
        d.pick(Lexicon.TASTES);
        say(".");
        fact("Who did " + name() + " meet?", hero.He() + " met " + friend.name() + ".");
        fact("Where did " + name() + " meet " + friend.name() + "?", "They met at the " + place + ".");
        fact("What did " + name() + " share?", hero.He() + " shared " + a(snack) + ".");
    }

    private void plants() {
        time();
        say(hero.his(), " ", relative, " gave ", name(), " a ");
        String plant = d.pick(Lexicon.PLANTS);
        say(" seed. ", name(), " put it into the ground beside the ");
        String place = d.pick(List.of("door", "wall", "gate", "well", "old tree", "path"));
        say(" and gave it water every ");
        d.pick(List.of("day", "morning", "evening"));
        say(". After ");
        String number = d.pick(Lexicon.NUMBERS);
        say(" weeks, there was a ");
        String size = d.pick(List.of("big", "tall", "beautiful", "fine"));
        say(" ", plant, ". \"");
        d.pick(List.of("Look how it has grown", "It is the best in the garden", "You took good care of it"));
        say("!\" said ", hero.his(), " ", relative, ".");
        fact("What seed did " + name() + " get?", hero.He() + " got a " + plant + " seed.");
        fact("How many weeks did it take?", "It took " + number + " weeks.");
        fact("Where did " + name() + " put the seed?", hero.He() + " put it beside the " + place + ".");
        fact("What was the " + plant + " like?", "It was a " + size + " " + plant + ".");
    }

    private void cooks() {
        time();
        say(name(), " wanted to make ");
        String dish = d.pick(Lexicon.DISHES);
        say(" for ", hero.his(), " ", relative, ". ", hero.He(), " needed ");
        d.pick(Lexicon.POWDERS);
        say(", ");
        d.pick(Lexicon.DAIRY);
        say(" and ");
        String third = d.pick(Lexicon.FRUITS);
        say(". There were no ", third, " in the ");
        d.pick(List.of("house", "kitchen"));
        say(", so ", hero.he(), " went to the ");
        String job = d.pick(Lexicon.JOBS);
        say(" and asked for some. Then ", hero.he(), " worked for ");
        String number = d.pick(Lexicon.NUMBERS);
        say(" hours. The ", dish, " was ");
        String taste = d.pick(Lexicon.TASTES);
        say(", and ", hero.his(), " ", relative, " ate all of it.");
        fact("What did " + name() + " make?", hero.He() + " made " + dish + ".");
        fact("Who did " + name() + " ask for " + third + "?", hero.He() + " asked the " + job + ".");
        fact("How did the " + dish + " taste?", "It was " + taste + ".");
        fact("How long did " + name() + " work?", hero.He() + " worked for " + number + " hours.");
    }

    private void waitsForTheSky() {
        time();
        say("there was a lot of ");
        String weather = d.pick(Lexicon.WEATHER);
        say(". ", name(), " could not go ");
        d.pick(List.of("outside", "to school", "to the park", "to the market"));
        say(". ", hero.He(), " was ");
        d.pick(List.of("sad", "bored", "a little sad"));
        say(". \"Let us play ");
        String game = d.pick(Lexicon.GAMES);
        say(",\" said ", hero.his(), " ", relative, ". They played ", game, " and drank ");
        String drink = d.pick(Lexicon.DRINKS);
        say(". When the ", weather, " was over, they went out and saw ");
        String sky = d.pick(Lexicon.SKY);
        say(". \"");
        d.pick(List.of("How beautiful", "Look at that", "It was worth the wait"));
        say("!\" said ", name(), ".");
        fact("What did " + name() + " play?", "They played " + game + ".");
        fact("What did they drink?", "They drank " + drink + ".");
        fact("What did they see after the " + weather + "?", "They saw " + sky + ".");
    }

    private void races() {
        time();
        say(name(), " and ");
        Person friend = friend();
        say(" ran a race from the ");
        d.pick(Lexicon.STARTS);
        say(" to the ");
        String end = d.pick(Lexicon.FINISHES);
        say(". ", friend.name(), " was ");
        d.pick(List.of("very fast", "faster", "in front"));
        say(", but then ", friend.he(), " fell over ");
        String over = d.pick(List.of("a stone", "a root", "a branch", "a log"));
        say(". ", name(), " stopped and helped ", friend.him(), " up. \"");
        d.pick(List.of("Are you hurt", "Can you walk", "Are you all right"));
        say("?\" asked ", name(), ". They walked to the ", end, " ");
        d.pick(List.of("hand in hand", "side by side", "together"));
        say(", and both of them got ");
        String prize = d.pick(Lexicon.COLORS.stream().map(Lexicon::a).toList());
        say(" ribbon.");
        fact("Who ran a race with " + name() + "?", friend.name() + " ran with " + hero.him() + ".");
        fact("What did " + friend.name() + " fall over?", friend.He() + " fell over " + over + ".");
        fact("Where did the race end?", "It ended at the " + end + ".");
        fact("What did both of them get?", "They got " + prize + " ribbon.");
    }

    private void travels() {
        time();
        say(name(), " and ", hero.his(), " ", relative, " went to the ");
        String place = d.pick(Lexicon.PLACES);
        say(" ");
        String vehicle = d.pick(Lexicon.VEHICLES);
        say(". They saw ");
        String number = d.pick(Lexicon.NUMBERS);
        say(" ");
        String animals = d.pick(Lexicon.ANIMALS.stream().map(Lexicon::plural).toList());
        say(" and ");
        d.pick(Lexicon.JOBS.stream().map(Lexicon::a).toList());
        say(". For lunch, they had ");
        String food = d.pick(Lexicon.FOODS);
        say(" and ");
        String drink = d.pick(Lexicon.DRINKS);
        say(". \"");
        d.pick(List.of("Can we come back tomorrow", "Can we stay a little longer", "Did you see the " + animals));
        say("?\" asked ", name(), ". ", hero.His(), " ", relative, " ");
        d.pick(List.of("smiled", "laughed", "nodded"));
        say(".");
        fact("How did they go to the " + place + "?", "They went " + vehicle + ".");
        fact("What did they have for lunch?", "They had " + food + " and " + drink + ".");
        fact("How many " + animals + " did they see?", "They saw " + number + " " + animals + ".");
        fact("Where did " + name() + " go?", "They went to the " + place + ".");
    }

    private void hearsANoise() {
        time();
        say("when ", name(), " was ");
        d.pick(List.of("in bed", "at home", "reading a book", "eating soup", "alone"));
        say(", there was a ");
        d.pick(List.of("strange", "loud", "soft", "funny"));
        say(" noise. It came from ");
        String source = d.pick(List.of("the roof", "the cellar", "the barn", "the attic", "the well", "the garden"));
        say(". \"What is that?\" ", hero.he(), " asked. ", hero.He(), " took a ");
        String tool = d.pick(List.of("lamp", "candle", "long stick", "broom"));
        say(" and went to look. It was only ");
        String animal = d.pick(Lexicon.ANIMALS.stream().map(Lexicon::a).toList());
        animal = animal.substring(animal.indexOf(' ') + 1);
        say("! The ", animal, " had found some ");
        String food = d.pick(Lexicon.FOODS);
        say(". ", name(), " laughed and told ", hero.his(), " ", relative, " about it.");
        fact("Where did the noise come from?", "It came from " + source + ".");
        fact("What made the noise?", "It was " + a(animal) + ".");
        fact("What did " + name() + " take?", hero.He() + " took a " + tool + ".");
        fact("What had the " + animal + " found?", "It had found some " + food + ".");
    }

    private void getsAPresent() {
        say(" It was ", hero.his(), " birthday, and ", name(), " was ");
        String age = d.pick(Lexicon.NUMBERS.subList(3, 9));
        say(" years old. ");
        Person friend = friend();
        say(" came with ");
        String color = d.pick(Lexicon.COLORS.stream().map(Lexicon::a).toList());
        say(" box. In the box there was ");
        String toy = d.pick(Lexicon.TOYS.stream().map(Lexicon::a).toList());
        toy = toy.substring(toy.indexOf(' ') + 1);
        say(". \"");
        d.pick(List.of("I made it for you", "I hope you like it", "It is from all of us"));
        say(",\" said ", friend.name(), ". ", name(), " put the ", toy, " on the ");
        String place = d.pick(List.of("table", "shelf", "desk", "bench", "chair"));
        say(", and they ate ");
        String dish = d.pick(Lexicon.DISHES);
        say(" and played ");
        d.pick(Lexicon.GAMES);
        say(" until it was dark.");
        fact("How old was " + name() + "?", hero.He() + " was " + age + " years old.");
        fact("What was in the box?", "There was " + a(toy) + ".");
        fact("Who came with a box?", friend.name() + " came with a box.");
        fact("What did they eat?", "They ate " + dish + ".");
        fact("Where did " + name() + " put the " + toy + "?", hero.He() + " put it on the " + place + ".");
    }

    private void end() {
        switch (d.choose(5)) {
            case 0 -> {
                say(" ", name(), " was ");
                d.pick(Lexicon.HAPPY);
                say(".");
            }
            case 1 -> {
                say(" That night, ", name(), " ");
                d.pick(List.of(
                        "slept well",
                        "dreamed of it",
                        "thought about the day",
                        "told " + hero.his() + " " + relative + " everything"));
                say(".");
            }
            case 2 -> {
                say(" It was ");
                d.pick(List.of("the best day of the year", "a day to remember", "a very good day"));
                say(".");
            }
            case 3 -> {
                say(" ", hero.His(), " ", relative, " was ");
                d.pick(List.of("proud of", "happy for"));
                say(" ", name(), ".");
            }
            default -> {
                say(" And ", name(), " ");
                d.pick(List.of("never forgot it", "smiled all day", "wanted to do it again"));
                say(".");
            }
        }
    }
}
