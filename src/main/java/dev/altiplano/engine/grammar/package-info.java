/**
 * Constraints on generated text. In comes a {@link dev.altiplano.engine.grammar.GrammarSource} (a JSON Schema, any JSON object, a
 * regular expression, a GBNF grammar or a list of texts); {@link dev.altiplano.engine.grammar.CompiledGrammar#compile} or a
 * {@link dev.altiplano.engine.grammar.GrammarCache} makes an automaton of it, on the thread of the request and within limits. A
 * {@link dev.altiplano.engine.grammar.GrammarMatcher} runs it for one sequence over the model's
 * {@link dev.altiplano.engine.grammar.TokenVocabulary}: before each token it gives a
 * {@link dev.altiplano.engine.grammar.TokenMask}, then it takes the token that was chosen; drafts can be taken back.
 *
 * <p>A state of a sequence is a set of pairs: where a regular automaton stands, and the stack of what comes after it. Stacks share
 * their lower parts and are never changed, so a step back is a step to an earlier state. A mask joins two things: what a state of
 * an automaton says about all tokens, found once for each model and kept, and a walk along the few tokens that reach beyond the
 * automaton. Most automata are the same for all schemas, as that of a JSON string.
 *
 * <p>Masks and steps belong to the engine thread, and each may take a bounded number of steps. A text that can be read in more
 * ways than they allow ends with an {@link dev.altiplano.engine.grammar.AmbiguousGrammarException}; everything else that could go
 * wrong goes wrong when compiling. Compiled grammars, vocabularies and caches may be used by any thread.
 */
@NullMarked
package dev.altiplano.engine.grammar;

import org.jspecify.annotations.NullMarked;
