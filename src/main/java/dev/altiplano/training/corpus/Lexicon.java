package dev.altiplano.training.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The words of the grammar. */
final class Lexicon {

    private Lexicon() {}

    private static List<String> words(String list) {
        return List.of(list.split(", *"));
    }

    static final List<String> GIRLS =
            words("Mia, Anna, Lily, Zoe, Ella, Nora, Ruby, Rosa, Emma, Ivy, Clara, Lucy, Maya, Alma, Sara, Jane");
    static final List<String> BOYS =
            words("Tom, Ben, Max, Leo, Sam, Finn, Jack, Hugo, Noah, Paul, Oscar, Adam, Luis, Peter, Felix, Theo");
    /** Whom a story's hero meets: nobody is told apart from themselves where the names come from two lists. */
    static final List<String> FRIENDS_SHE = words("Eva, Kate, Olga, Tina, Vera, Gina, Iris, Dora");

    static final List<String> FRIENDS_HE = words("Karl, Otto, Ali, Erik, Omar, Nick, Toby, Walter");
    static final List<String> TRAITS =
            words("kind, brave, clever, shy, happy, curious, quiet, friendly, careful, gentle, cheerful, patient");
    static final List<String> RELATIVES =
            words("mother, father, grandmother, grandfather, brother, sister, aunt, uncle");
    static final List<String> HOMES = words("house, cottage, farm, village, town, tower, cabin, castle");
    static final List<String> SIZES = words("small, big, old, little, quiet, pretty");
    static final List<String> LANDMARKS = words(
            "near the forest, by the sea, on a hill, beside a river, in the mountains, near a lake, in a green valley, by the woods");
    static final List<String> COLORS =
            words("red, blue, green, yellow, white, black, brown, pink, purple, orange, gray, golden");
    static final List<String> TOYS =
            words("ball, kite, doll, hat, drum, boat, book, cup, scarf, bell, puzzle, lamp, wagon, robot, flute, bag");
    static final List<String> UNDER = words("bed, table, chair, sofa, desk, bench");
    static final List<String> BEHIND = words("box, stove, shelf, door, curtain, basket");
    static final List<String> ROOMS = words(
            "in the kitchen, in the garden, in the attic, on the roof, in the barn, in the cellar, under the stairs, behind the shed, on the porch, in the hall");
    static final List<String> JUNK = words("dust, a sock, a spoon, an old shoe, a button, a coin, a pencil, a feather");
    static final List<String> TIMES =
            words("morning, afternoon, evening, day, summer day, winter day, spring morning, autumn day");
    static final List<String> PLACES =
            words("forest, river, lake, beach, park, market, bridge, field, meadow, hill, pond, mill");
    static final List<String> STARTS = PLACES.subList(0, 6);
    static final List<String> FINISHES = PLACES.subList(6, 12);
    static final List<String> ANIMALS =
            words("dog, cat, rabbit, fox, duck, bird, mouse, horse, goat, squirrel, turtle, owl, frog, sheep");
    static final List<String> PETS =
            words("Pip, Dot, Bean, Coco, Fuzzy, Star, Pepper, Biscuit, Snow, Lucky, Moss, Button");
    static final List<String> FOODS =
            words("bread, cheese, soup, rice, carrots, nuts, berries, corn, beans, honey, potatoes, plums");
    static final List<String> SNACKS =
            words("apple, sandwich, cookie, pear, muffin, banana, pancake, orange, peach, bun");
    static final List<String> DISHES = words("cake, pie, soup, salad, bread, stew, pudding, pizza");
    static final List<String> DRINKS = words("water, milk, hot tea, apple juice, hot chocolate, lemonade");
    static final List<String> POWDERS = words("flour, sugar, salt, honey");
    static final List<String> DAIRY = words("eggs, milk, butter, cheese");
    static final List<String> FRUITS = words("apples, carrots, onions, lemons");
    static final List<String> PLANTS = words("rose, tulip, sunflower, pumpkin, tomato, melon, bean, lily");
    static final List<String> HAPPY = words("happy, glad, proud, excited, thankful, cheerful");
    static final List<String> TASTES = words("sweet, warm, fresh, soft, delicious, wonderful");
    static final List<String> NUMBERS = words("two, three, four, five, six, seven, eight, nine, ten");
    static final List<String> VEHICLES = words("by bus, by train, by boat, by bike, on foot, by car");
    static final List<String> GAMES = words("chess, cards, hide and seek, tag, dominoes, catch");
    static final List<String> WEATHER = words("rain, snow, wind, fog, thunder, hail");
    static final List<String> SKY =
            words("a rainbow, the moon, a bright star, the sun, a white cloud, a flock of birds");
    static final List<String> HOBBIES = words(
            "sing, dance, read books, draw pictures, climb trees, swim, tell stories, count the stars, collect stones, ride a bike");
    static final List<String> JOBS =
            words("baker, farmer, teacher, doctor, sailor, painter, miller, gardener, fisherman, carpenter");

    /** All single words, each once. */
    static final List<String> ALL = Stream.of(
                    TRAITS,
                    RELATIVES,
                    HOMES,
                    SIZES,
                    COLORS,
                    TOYS,
                    UNDER,
                    BEHIND,
                    PLACES,
                    ANIMALS,
                    PETS,
                    FOODS,
                    SNACKS,
                    DISHES,
                    DRINKS,
                    POWDERS,
                    DAIRY,
                    FRUITS,
                    PLANTS,
                    HAPPY,
                    TASTES,
                    NUMBERS,
                    GAMES,
                    WEATHER,
                    JOBS,
                    GIRLS,
                    BOYS,
                    FRIENDS_SHE,
                    FRIENDS_HE)
            .flatMap(List::stream)
            .filter(word -> word.indexOf(' ') < 0)
            .distinct()
            .toList();

    /** {@code words} without {@code taken}. */
    static List<String> without(List<String> words, String... taken) {
        ArrayList<String> rest = new ArrayList<>(words);
        for (String word : taken) {
            rest.remove(word);
        }
        return rest;
    }

    /** {@code word} with its article. */
    static String a(String word) {
        return ("aeiou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
    }

    static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    static String plural(String noun) {
        return switch (noun) {
            case "mouse" -> "mice";
            case "sheep" -> "sheep";
            case "fox" -> "foxes";
            case "peach" -> "peaches";
            case "sandwich" -> "sandwiches";
            case "lily" -> "lilies";
            case "tomato" -> "tomatoes";
            default -> noun + "s";
        };
    }
}
