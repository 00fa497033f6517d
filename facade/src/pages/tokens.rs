//! Detects page tokens that repeat, in bounded memory.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// The number of latest tokens with which each new one is compared.
const RECENT_MAX: usize = 1_024;

/// The page tokens of a list so far.
///
/// A list may have millions of pages, so only hashes of the latest tokens are kept. A token that
/// repeats one of them is found at once. A longer cycle is found by Brent's method: one token is
/// marked, the mark moves to the current token after 1, 2, 4, 8, ... tokens, and a token that equals the
/// marked one closes the cycle. A list that enters a cycle of `n` tokens after `m` others is read
/// for at most `3 * max(m, n)` tokens and a few more.
pub(super) struct SeenTokens {
    hasher: RandomState,
    recent: VecDeque<u64>,
    marked: Option<u64>,
    since_mark: u64,
    until_move: u64,
}

impl SeenTokens {
    /// The token with which reading starts; `None` at the start of the list.
    pub(super) fn starting_from(token: Option<&str>) -> Self {
        let mut seen = Self {
            hasher: RandomState::new(),
            recent: VecDeque::new(),
            marked: None,
            since_mark: 0,
            until_move: 1,
        };
        if let Some(token) = token {
            seen.is_repeated(token);
        }
        seen
    }

    /// Adds a token, and returns whether the list had it before.
    pub(super) fn is_repeated(&mut self, token: &str) -> bool {
        let hash = self.hasher.hash_one(token);
        if self.marked == Some(hash) || self.recent.contains(&hash) {
            return true;
        }
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(hash);
        self.since_mark += 1;
        if self.marked.is_none() || self.since_mark == self.until_move {
            self.marked = Some(hash);
            self.since_mark = 0;
            self.until_move = self.until_move.saturating_mul(2);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many tokens are read of a list that enters a cycle of `length` tokens after `before`
    /// others.
    fn read_until_found(before: u64, length: u64) -> u64 {
        let mut seen = SeenTokens::starting_from(None);
        (0..)
            .find(|index| {
                let token =
                    if *index < before { *index } else { before + (index - before) % length };
                seen.is_repeated(&token.to_string())
            })
            .unwrap()
            + 1
    }

    #[test]
    fn a_short_cycle_is_found_at_its_first_repetition() {
        for (before, length) in [(0, 1), (0, 2), (5, 1), (3_000, 2), (10, 1_000), (0, 1_024)] {
            assert_eq!(read_until_found(before, length), before + length + 1);
        }
    }

    #[test]
    fn a_cycle_of_any_length_is_found() {
        for before in [0, 1, 1_023, 5_000] {
            for length in [1_025, 1_500, 4_096, 10_007] {
                let read = read_until_found(before, length);
                let most = 3 * before.max(length) + length + 2;
                assert!(read <= most, "{before} + {length}: {read} tokens, at most {most}");
            }
        }
    }

    #[test]
    fn distinct_tokens_are_never_taken_for_repeated_ones_and_memory_is_bounded() {
        let mut seen = SeenTokens::starting_from(Some("start"));
        for index in 0..20_000 {
            assert!(!seen.is_repeated(&format!("page-{index}")));
        }
        assert_eq!(seen.recent.len(), RECENT_MAX);
        assert!(seen.recent.capacity() <= 2 * RECENT_MAX);
    }

    #[test]
    fn the_token_that_a_list_starts_from_counts() {
        assert!(SeenTokens::starting_from(Some("a")).is_repeated("a"));
        assert!(!SeenTokens::starting_from(Some("a")).is_repeated("b"));
    }
}
