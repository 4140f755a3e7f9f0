package dev.altiplano.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.cache.BlockTable;
import dev.altiplano.engine.cache.PrefixCache;
import dev.altiplano.engine.cache.PrefixHash;
import dev.altiplano.engine.cache.PrefixStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SchedulerTest {

    private static final int BLOCK_TOKENS = 16;

    private static final class Plain extends Sequence {
        private final int end;
        private final boolean scored;
        private int firstScoredRow;

        Plain(int promptLength, int generate, int first) {
            this(promptLength, generate, first, "");
        }

        Plain(int promptLength, int generate, int first, String client) {
            this(promptLength, generate, first, client, null, false);
        }

        Plain(int promptLength, int generate, int first, String client, @Nullable Plain sibling, boolean scored) {
            this(promptLength, generate, first, client, sibling, scored, 0);
        }

        Plain(
                int promptLength,
                int generate,
                int first,
                String client,
                @Nullable Plain sibling,
                boolean scored,
                int priority) {
            super(prompt(promptLength, first), sibling, client, priority, "");
            end = promptLength + generate;
            this.scored = scored;
        }

        @Override
        public boolean scoresPrompt() {
            return scored;
        }

        @Override
        public int firstScoredRow() {
            return firstScoredRow;
        }

        private static int[] prompt(int length, int first) {
            int[] ids = new int[length];
            Arrays.setAll(ids, i -> first + i);
            return ids;
        }
    }

    private final BlockPool pool = new BlockPool(12);
    private final Scheduler<Plain> scheduler = new Scheduler<>(
            pool, new PrefixCache(pool, BLOCK_TOKENS, true), BLOCK_TOKENS, SchedulerLimits.of(4, 32, 8));

    @Test
    void decodesFirstAndFillsTheBudgetWithChunksOfPrompts() {
        Plain decoding = new Plain(5, 10, 0);
        scheduler.add(decoding);
        scheduler.advance(scheduler.plan());
        decoding.append(7);
        Plain longPrompt = new Plain(100, 1, 1000);
        scheduler.add(longPrompt);
        StepPlan<Plain> plan = scheduler.plan();
        assertThat(plan.parts()).isEqualTo(2);
        assertThat(plan.sequence(0)).isSameAs(decoding);
        assertThat(plan.generated(0)).isTrue();
        assertThat(plan.rows(0)).isEqualTo(1);
        assertThat(plan.sequence(1)).isSameAs(longPrompt);
        assertThat(plan.rows(1)).isEqualTo(31);
    }

    @Test
    void givesPromptsFewerRowsOnlyWhileOthersDecode() {
        PromptPace pace = new PromptPace(128, Duration.ofMillis(1));
        BlockPool blocks = new BlockPool(40);
        Scheduler<Plain> paced = new Scheduler<>(
                blocks,
                new PrefixCache(blocks, BLOCK_TOKENS, true),
                BLOCK_TOKENS,
                SchedulerLimits.of(4, 128, 8),
                pace,
                null);
        Plain decoding = new Plain(5, 10, 0, "a");
        paced.add(decoding);
        paced.advance(paced.plan());
        decoding.append(7);
        paced.add(new Plain(300, 1, 1000, "b"));
        paced.add(new Plain(200, 1, 2000, "c"));
        StepPlan<Plain> plan = paced.plan();
        assertThat(plan.rows()).isEqualTo(1 + pace.rows()).isLessThan(128);
        assertThat(plan.rows(1)).isEqualTo(plan.rows(2));
        int first = plan.rows() - 1;
        paced.advance(plan);
        paced.took(Duration.ofMinutes(1).toNanos());
        decoding.append(8);
        assertThat(paced.plan().rows()).isEqualTo(1 + first / 2);
        paced.advance(plan);
        paced.end(decoding);
        assertThat(paced.plan().rows()).isEqualTo(128);
    }

    @Test
    void theYoungestGivesWayAndTheOldestGoesOn() {
        Plain old = new Plain(90, 60, 0);
        Plain young = new Plain(60, 60, 1000);
        scheduler.add(old);
        scheduler.add(young);
        boolean preempted = false;
        for (int step = 0; step < 400 && old.state() != Sequence.State.ENDED; step++) {
            advance(scheduler.plan());
            preempted |= young.state() == Sequence.State.WAITING && scheduler.preemptions() > 0;
        }
        assertThat(preempted).isTrue();
        assertThat(old.length()).isEqualTo(150);
    }

    /** Memory runs out when the second block of a beginning has been found. */
    @Test
    void anErrorDuringAdmissionLeavesNoBlockBehind() {
        int[] left = {Integer.MAX_VALUE};
        PrefixStore store = new PrefixStore() {
            @Override
            public PrefixHash root(String salt) {
                return PrefixHash.root(new byte[PrefixHash.BYTES], salt);
            }

            @Override
            public void used(PrefixHash parent, PrefixHash hash, int block) {
                if (--left[0] == 0) {
                    throw new OutOfMemoryError("simulated");
                }
            }

            @Override
            public void evicted(int block) {}
        };
        Scheduler<Plain> stored = new Scheduler<>(
                pool, new PrefixCache(pool, BLOCK_TOKENS, true, store), BLOCK_TOKENS, SchedulerLimits.of(4, 64, 8));
        Plain first = new Plain(40, 1, 0);
        stored.add(first);
        stored.advance(stored.plan());
        stored.end(first);
        Plain second = new Plain(40, 1, 0);
        stored.add(second);
        left[0] = 2;
        assertThatThrownBy(stored::plan).isInstanceOf(OutOfMemoryError.class);
        stored.end(second);
        assertThat(pool.held()).isZero();
    }

    /** Random loads over a small pool: every sequence ends, no block is lost, and no step breaks its limits. */
    @Test
    void everySequenceEndsAndNoBlockIsLost() {
        Random random = new Random(3);
        List<Plain> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(new Plain(1 + random.nextInt(120), 1 + random.nextInt(60), random.nextInt(3) * 1000));
        }
        int next = 0;
        for (int step = 0; step < 100_000; step++) {
            while (next < all.size() && scheduler.hasRoom()) {
                scheduler.add(all.get(next++));
            }
            StepPlan<Plain> plan = scheduler.plan();
            if (plan.rows() == 0 && next == all.size()) {
                break;
            }
            assertThat(plan.rows()).isBetween(1, 32);
            assertThat(plan.parts()).isLessThanOrEqualTo(4);
            advance(plan);
            if (random.nextInt(50) == 0 && plan.parts() > 0) {
                scheduler.end(plan.sequence(random.nextInt(plan.parts())));
            }
        }
        assertThat(all).allMatch(each -> each.state() == Sequence.State.ENDED);
        assertThat(scheduler.preemptions()).isPositive();
        assertThat(pool.held()).isZero();
        assertThat(pool.available()).isEqualTo(12);
    }

    @Test
    void aClientWithManySequencesGivesPlacesToAnother() {
        List<Plain> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Plain one = new Plain(4, 40, 1000 * i, "many");
            many.add(one);
            scheduler.add(one);
        }
        advance(scheduler.plan());
        assertThat(scheduler.hasRoom()).isFalse();
        assertThat(scheduler.wants("many")).isFalse();
        assertThat(scheduler.wants("few")).isTrue();
        Plain few = new Plain(4, 3, 77, "few");
        scheduler.add(few);
        for (int step = 0; step < 5 && few.state() != Sequence.State.ENDED; step++) {
            advance(scheduler.plan());
        }
        assertThat(few.state()).isEqualTo(Sequence.State.ENDED);
        for (int step = 0; step < 2000; step++) {
            advance(scheduler.plan());
        }
        assertThat(many).allMatch(each -> each.state() == Sequence.State.ENDED);
        assertThat(pool.held()).isZero();
    }

    /** The rest waits in the queue, whose bounds count it. */
    @Test
    void takesNoMoreThanTwoClientsForEachPlace() {
        for (int i = 0; i < 8; i++) {
            assertThat(scheduler.wants("client" + i)).isTrue();
            scheduler.add(new Plain(4, 40, 1000 * i, "client" + i));
        }
        assertThat(scheduler.wants("another")).isFalse();
        scheduler.end(scheduler.plan().sequence(0));
        assertThat(scheduler.wants("another")).isTrue();
    }

    /** Nor for itself: who is taken in again at once would never get on. */
    @Test
    void noPlaceIsTakenFromAHigherPriority() {
        List<Plain> high = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            high.add(new Plain(4, 10, 1000 * i, "high", null, false, 1));
            scheduler.add(high.getLast());
        }
        advance(scheduler.plan());
        Plain low = new Plain(4, 3, 77, "low");
        scheduler.add(low);
        for (int step = 0; step < 30; step++) {
            advance(scheduler.plan());
        }
        assertThat(scheduler.preemptions()).isZero();
        assertThat(high).allMatch(each -> each.state() == Sequence.State.ENDED);
        assertThat(low.state()).isEqualTo(Sequence.State.ENDED);
    }

    @Test
    void aHigherPriorityGetsAPlaceOfAClientThatHasMany() {
        for (int i = 0; i < 4; i++) {
            scheduler.add(new Plain(4, 100, 1000 * i, "low"));
        }
        advance(scheduler.plan());
        Plain high = new Plain(4, 3, 77, "high", null, false, 1);
        scheduler.add(high);
        for (int step = 0; step < 5; step++) {
            advance(scheduler.plan());
        }
        assertThat(high.state()).isEqualTo(Sequence.State.ENDED);
    }

    @Test
    void aLongPromptSharesTheBudgetWithAnotherClientsShortOne() {
        Plain longPrompt = new Plain(120, 1, 1000, "long");
        scheduler.add(longPrompt);
        advance(scheduler.plan());
        Plain shortPrompt = new Plain(12, 1, 0, "short");
        scheduler.add(shortPrompt);
        StepPlan<Plain> plan = scheduler.plan();
        assertThat(plan.rowsOf(shortPrompt)).isEqualTo(12);
        assertThat(plan.rowsOf(longPrompt)).isEqualTo(20);
    }

    /** Clients that come and go with many and with few sequences: each has its turn, every sequence ends, no block is lost. */
    @Test
    void clientsShareAndEverySequenceEnds() {
        Random random = new Random(5);
        List<Plain> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String client = "client" + random.nextInt(1 + i % 5);
            all.add(new Plain(1 + random.nextInt(60), 1 + random.nextInt(40), random.nextInt(3) * 1000, client));
        }
        int next = 0;
        for (int step = 0; step < 100_000; step++) {
            while (next < all.size() && scheduler.wants(all.get(next).client())) {
                scheduler.add(all.get(next++));
            }
            StepPlan<Plain> plan = scheduler.plan();
            if (plan.rows() == 0 && next == all.size()) {
                break;
            }
            assertThat(plan.rows()).isBetween(1, 32);
            assertThat(plan.parts()).isLessThanOrEqualTo(4);
            advance(plan);
        }
        assertThat(all).allMatch(each -> each.state() == Sequence.State.ENDED);
        assertThat(pool.held()).isZero();
        assertThat(pool.available()).isEqualTo(12);
    }

    /** Others come one after the other without end, each as a client that has nothing else here. */
    @Test
    void whoWasPreemptedForMemoryDoesNotWaitForAllThatCome() {
        Plain old = new Plain(40, 100, 0, "old");
        Plain large = new Plain(80, 60, 1000, "large");
        scheduler.add(old);
        scheduler.add(large);
        while (large.state() != Sequence.State.WAITING || scheduler.preemptions() == 0) {
            advance(scheduler.plan());
        }
        assertThat(endedBefore(large)).isLessThan(12);
    }

    @Test
    void theSecondOfARequestDoesNotWaitForAllThatCome() {
        Scheduler<Plain> onePlace = new Scheduler<>(
                pool, new PrefixCache(pool, BLOCK_TOKENS, true), BLOCK_TOKENS, SchedulerLimits.of(1, 32, 8));
        Plain first = new Plain(20, 3, 0, "many");
        Plain second = new Plain(20, 3, 0, "many", first, false);
        onePlace.add(first);
        onePlace.add(second);
        assertThat(endedBefore(onePlace, second)).isLessThan(4);
    }

    private int endedBefore(Plain sequence) {
        return endedBefore(scheduler, sequence);
    }

    /** How many of those that come one after the other, three at a time, end before {@code sequence} does. */
    private int endedBefore(Scheduler<Plain> crowded, Plain sequence) {
        List<Plain> others = new ArrayList<>();
        int ended = 0;
        while (sequence.state() != Sequence.State.ENDED && ended < 100) {
            while (others.size() < 3) {
                Plain other = new Plain(20, 4, 10_000 + 100 * ended + others.size(), "client" + ended + others.size());
                others.add(other);
                crowded.add(other);
            }
            StepPlan<Plain> plan = crowded.plan();
            advance(crowded, plan);
            others.removeIf(each -> each.state() == Sequence.State.ENDED);
            ended += 3 - others.size();
        }
        return ended;
    }

    @Test
    void aClientWithManySequencesGivesMemoryToAnother() {
        List<Plain> many = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            many.add(new Plain(40, 100, 1000 * i, "many"));
            scheduler.add(many.get(i));
        }
        for (int step = 0; step < 20; step++) {
            advance(scheduler.plan());
        }
        Plain other = new Plain(80, 3, 9000, "other");
        scheduler.add(other);
        for (int step = 0; step < 8; step++) {
            advance(scheduler.plan());
        }
        assertThat(other.state()).isEqualTo(Sequence.State.ENDED);
        assertThat(many.getFirst().state()).isEqualTo(Sequence.State.RUNNING);
    }

    /** Half of the client's memory would not be enough, and it keeps its first sequence. */
    @Test
    void nobodyGivesMemoryBackThatIsNotEnough() {
        Plain large = new Plain(110, 20, 0, "many");
        Plain small = new Plain(20, 40, 1000, "many");
        scheduler.add(large);
        scheduler.add(small);
        for (int step = 0; step < 6; step++) {
            advance(scheduler.plan());
        }
        scheduler.add(new Plain(120, 1, 9000, "other"));
        advance(scheduler.plan());
        assertThat(scheduler.preemptions()).isZero();
        assertThat(small.state()).isEqualTo(Sequence.State.RUNNING);
    }

    @Test
    void aLowerPriorityGivesItsMemoryBackFirst() {
        Plain low = new Plain(60, 100, 0, "low");
        scheduler.add(low);
        advance(scheduler.plan());
        Plain high = new Plain(60, 100, 1000, "high", null, false, 1);
        scheduler.add(high);
        for (int step = 0; step < 400 && high.state() != Sequence.State.ENDED; step++) {
            advance(scheduler.plan());
        }
        assertThat(high.state()).isEqualTo(Sequence.State.ENDED);
        assertThat(low.state()).isNotEqualTo(Sequence.State.ENDED);
        assertThat(scheduler.preemptions()).isPositive();
    }

    /** The older one gives its own memory back, and the younger one of a higher priority goes on in the same step. */
    @Test
    void aStepGoesOnWithWhatIsOfAHigherPriority() {
        scheduler.add(new Plain(100, 1, 0, "low"));
        for (int step = 0; step < 2; step++) {
            advance(scheduler.plan());
        }
        Plain high = new Plain(120, 60, 1000, "high", null, false, 1);
        scheduler.add(high);
        for (int step = 0; step < 20 && high.state() != Sequence.State.ENDED; step++) {
            StepPlan<Plain> plan = scheduler.plan();
            assertThat(plan.rows()).isPositive();
            advance(plan);
        }
    }

    /** As while beginnings are read from the disk. */
    @Test
    void waitsWhereAllMemoryIsHeldByOthers() {
        while (pool.available() > 0) {
            pool.take();
        }
        Plain sequence = new Plain(20, 1, 0);
        scheduler.add(sequence);
        assertThat(scheduler.plan().rows()).isZero();
        assertThat(sequence.state()).isEqualTo(Sequence.State.WAITING);
    }

    /** A pool in which three of the four sequences fit: little of what is computed is computed again. */
    @Test
    void aTightPoolDoesNotMakeSequencesComeAndGo() {
        List<Plain> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(new Plain(40, 100, i * 1000));
        }
        int next = 0;
        int rows = 0;
        do {
            while (next < all.size() && scheduler.hasRoom()) {
                scheduler.add(all.get(next++));
            }
            StepPlan<Plain> plan = scheduler.plan();
            rows += plan.rows();
            advance(plan);
        } while (all.stream().anyMatch(each -> each.state() != Sequence.State.ENDED));
        assertThat(rows).isBetween(40 * 140, 40 * 140 * 4 / 3);
    }

    /** One rule for all rows: what a sequence has generated stays reusable, but it is not what its sibling has generated. */
    @Test
    void aPreemptedSiblingSharesThePromptAlone() {
        Scheduler<Plain> oneRule = new Scheduler<>(
                pool,
                new PrefixCache(pool, BLOCK_TOKENS, false),
                BLOCK_TOKENS,
                new SchedulerLimits(2, 32, 8, 0, 0, true));
        Plain first = new Plain(20, 200, 0);
        Plain second = new Plain(20, 200, 0, "", first, false);
        oneRule.add(first);
        oneRule.add(second);
        Plain other = new Plain(10, 1, 5000, "other");
        for (int step = 0; step < 60; step++) {
            if (step == 40) {
                oneRule.add(other);
            }
            oneRule.advance(oneRule.plan());
            for (Plain each : List.of(first, second)) {
                if (each.state() == Sequence.State.RUNNING && each.computed() == each.length()) {
                    each.append(each == first ? 1 : 2);
                }
            }
            if (other.computed() == other.length()) {
                oneRule.end(other);
            }
        }
        assertThat(oneRule.preemptions()).isEqualTo(1);
        assertThat(second.length()).isGreaterThan(50);
        int shared = 0;
        for (int i = 0; i < second.table().size(); i++) {
            shared += second.table().blocks()[i] == first.table().blocks()[i] ? 1 : 0;
        }
        assertThat(shared).isEqualTo(1);
    }

    /** What it found before counts only once a step has computed behind it: until then it may find more or less the next time. */
    @Test
    void tellsWhatItFoundInMemoryWhenItFirstRan() {
        Plain sequence = new Plain(90, 1, 0);
        sequence.start(new BlockTable(pool, BLOCK_TOKENS), 64);
        sequence.preempt();
        sequence.start(new BlockTable(pool, BLOCK_TOKENS), 32);
        assertThat(sequence.reused()).isEqualTo(32);
        sequence.advance(16);
        sequence.preempt();
        sequence.start(new BlockTable(pool, BLOCK_TOKENS), 48);
        assertThat(sequence.reused()).as("its own blocks among them").isEqualTo(32);
    }

    /** Drafts as much as it may. */
    private static final class Drafting extends Sequence {
        Drafting(int promptLength, int first, String client) {
            super(Plain.prompt(promptLength, first), null, client, 0, "");
        }

        @Override
        protected int draft(int max, int rows, int decoding) {
            reserve(max);
            return max;
        }
    }

    /** Drafts that are right fill a block behind the step: what comes after it must not lose it. */
    @Test
    void keepsABlockThatTheLastDraftsFilled() {
        BlockPool blocks = new BlockPool(15);
        PrefixCache prefixes = new PrefixCache(blocks, 4, true);
        Scheduler<Drafting> drafted = new Scheduler<>(blocks, prefixes, 4, new SchedulerLimits(2, 16, 16, 8, 0, true));
        Drafting first = new Drafting(6, 0, "one");
        drafted.add(first);
        drafted.advance(drafted.plan());
        first.append(7);
        drafted.advance(drafted.plan());
        assertThat(first.drafted()).isGreaterThanOrEqualTo(3);
        first.append(8);
        first.append(9);
        first.append(10);
        first.accepted(3);
        assertThat(first.computed()).isEqualTo(10);
        drafted.end(first);
        BlockTable table = new BlockTable(blocks, 4);
        int found = prefixes.reuse("", first.tokens(), 10, table);
        found += prefixes.reusePart("", first.tokens(), found, 10, table);
        table.releaseAll();
        assertThat(found).isEqualTo(10);
    }

    /** Half of what a conversation left behind its whole blocks begins another prompt too, which waits for memory. */
    @Test
    void whatDoesNotFitTakesNoPartOfABlock() {
        PrefixCache prefixes = new PrefixCache(pool, BLOCK_TOKENS, true);
        Scheduler<Plain> oneRule =
                new Scheduler<>(pool, prefixes, BLOCK_TOKENS, new SchedulerLimits(4, 256, 8, 0, 0, true));
        Plain said = new Plain(12, 1, 0);
        oneRule.add(said);
        oneRule.advance(oneRule.plan());
        oneRule.end(said);
        oneRule.add(new Plain(120, 20, 5000));
        oneRule.advance(oneRule.plan());
        Plain other = new Plain(100, 1, 0);
        oneRule.add(other);
        other.tokens()[8] = 77;
        oneRule.plan();
        assertThat(other.state()).isEqualTo(Sequence.State.WAITING);
        BlockTable table = new BlockTable(pool, BLOCK_TOKENS);
        assertThat(prefixes.reusePart("", said.tokens(), 0, 12, table)).isEqualTo(12);
    }

    /** An older prompt takes its blocks, drafts included, and leaves so many that it is taken in again at once. */
    @Test
    void aSequenceThatIsPreemptedAndTakenInAgainInOneStepHasNoDrafts() {
        BlockPool blocks = new BlockPool(15);
        Scheduler<Drafting> drafted = new Scheduler<>(
                blocks, new PrefixCache(blocks, 2, false), 2, new SchedulerLimits(2, 16, 16, 8, 0, true));
        Drafting old = new Drafting(20, 0, "old");
        Drafting young = new Drafting(4, 1000, "young");
        drafted.add(old);
        drafted.add(young);
        drafted.advance(drafted.plan());
        assertThat(young.computed()).isEqualTo(young.length());
        young.append(7);
        StepPlan<Drafting> plan = drafted.plan();
        assertThat(drafted.preemptions()).isEqualTo(1);
        assertThat(young.state()).isEqualTo(Sequence.State.RUNNING);
        assertThat(young.drafted()).isZero();
        int before = young.computed();
        int rows = plan.rowsOf(young);
        drafted.advance(plan);
        assertThat(young.computed()).isEqualTo(before + rows);
    }

    @Test
    void clientsShareTheRowsOfWhichScoresAreWanted() {
        scheduler.add(new Plain(60, 1, 0, "first", null, true));
        Plain other = new Plain(60, 1, 1000, "second", null, true);
        scheduler.add(other);
        StepPlan<Plain> plan = scheduler.plan();
        assertThat(plan.parts()).isEqualTo(2);
        assertThat(plan.rows(0)).isEqualTo(plan.rows(1));
    }

    @Test
    void rowsBeforeTheFirstScoredOneFillTheStep() {
        Scheduler<Plain> scoring = new Scheduler<>(
                pool, new PrefixCache(pool, BLOCK_TOKENS, true), BLOCK_TOKENS, SchedulerLimits.of(4, 64, 8));
        Plain first = new Plain(60, 1, 0, "", null, true);
        first.firstScoredRow = 55;
        Plain second = new Plain(60, 1, 1000, "", null, true);
        second.firstScoredRow = 20;
        scoring.add(first);
        scoring.add(second);
        StepPlan<Plain> plan = scoring.plan();
        assertThat(plan.rows(0)).as("55 rows, and the 4 that can be scored").isEqualTo(59);
        assertThat(plan.rows(1)).as("what is left of the step").isEqualTo(5);
        scoring.advance(plan);
        plan = scoring.plan();
        assertThat(plan.rows(0)).isEqualTo(1);
        assertThat(plan.rows(1)).as("15 rows, and 3 that can be scored").isEqualTo(18);
    }

    /** The first client's sequences end in the step in which they begin, so it never has more places than the other. */
    @Test
    void clientsTakeTurnsWhereSequencesEndWithinAStep() {
        Scheduler<Plain> onePlace = new Scheduler<>(
                pool, new PrefixCache(pool, BLOCK_TOKENS, true), BLOCK_TOKENS, SchedulerLimits.of(1, 32, 8));
        for (int i = 0; i < 10; i++) {
            onePlace.add(new Plain(8, 1, 1000 * i, "many"));
        }
        onePlace.add(new Plain(8, 1, 500, "one"));
        List<String> clients = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            StepPlan<Plain> plan = onePlace.plan();
            clients.add(plan.sequence(0).client());
            onePlace.advance(plan);
            onePlace.end(plan.sequence(0));
        }
        assertThat(clients).containsExactly("many", "one", "many");
    }

    private void advance(StepPlan<Plain> plan) {
        advance(scheduler, plan);
    }

    private static void advance(Scheduler<Plain> scheduler, StepPlan<Plain> plan) {
        scheduler.advance(plan);
        for (int part = 0; part < plan.parts(); part++) {
            Plain sequence = plan.sequence(part);
            if (sequence.state() != Sequence.State.RUNNING || sequence.computed() < sequence.length()) {
                continue;
            }
            if (sequence.length() == sequence.end) {
                scheduler.end(sequence);
            } else {
                sequence.append(sequence.length());
            }
        }
    }
}
