//! A plan dealt out to shards: what is held against each other stays together.
//!
//! Cases fall to shards by a hash of their ids. Where there are many blocks of random cases, these are
//! dealt out whole.

use std::collections::HashMap;

use super::{Block, Shard};
use crate::case::{Case, Scenario};

impl Block {
    /// The part of the block that falls to a shard, with the block's control; `None` where no case
    /// does.
    ///
    /// A case falls to the shard that takes the name of its group: the id, behind the operation's,
    /// of the case at the end of its chain of twins, the control aside. Members given twice are one
    /// group in the whole operation, as the answer to one tells how to read those to others.
    pub(super) fn dealt(mut self, shard: Shard) -> Option<Self> {
        let mut is_taken = taken(self.cases.iter(), shard).into_iter();
        self.cases.retain(|_| is_taken.next().unwrap_or(false));
        (!self.cases.is_empty()).then_some(self)
    }
}

/// How many requests of a block with these cases fall to a shard, its control among them.
pub(super) fn requests_of<'c>(
    cases: impl Iterator<Item = &'c Case> + Clone,
    shard: Shard,
) -> usize {
    match taken(cases, shard).into_iter().filter(|taken| *taken).count() {
        0 => 0,
        cases => cases + 1,
    }
}

/// For each case of a block whether it falls to a shard.
fn taken<'c>(cases: impl Iterator<Item = &'c Case> + Clone, shard: Shard) -> Vec<bool> {
    let by_id: HashMap<&str, &Case> = cases.clone().map(|case| (case.id.as_str(), case)).collect();
    cases.map(|case| shard.takes(&group(case, &by_id))).collect()
}

/// The name of the group that a case stays together with.
fn group(case: &Case, by_id: &HashMap<&str, &Case>) -> String {
    let mut root = case;
    // A chain ends at a case that names no other of its block.
    for _ in 0..by_id.len() {
        let twin = root.twin.as_deref().and_then(|twin| by_id.get(twin));
        let Some(twin) = twin else { break };
        root = twin;
    }
    let operation = root.rule.operation();
    if root.scenario == Scenario::DuplicateMember {
        return format!("{operation}/{}", root.scenario);
    }
    format!("{operation}/{}", root.id)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::case::Scenario;
    use crate::contract::Contract;
    use crate::generate::{Inputs, Plan, Shard, plan};

    fn whole() -> Plan {
        let contract = Contract::builtin("koophone").expect("is built in");
        // With 2 shards random blocks are dealt whole, and case by case with more.
        let inputs = Inputs { cases: 3_200, ..Inputs::default() };
        plan(&contract.operations[0], &inputs).expect("can be planned")
    }

    fn shard(index: u64, of: u64) -> Plan {
        let mut plan = whole();
        plan.deal(Shard::new(index, of, 1).expect("is one"));
        plan
    }

    /// The index of the block and what is sent, by the case's id; controls aside.
    fn sent(plan: &Plan) -> BTreeMap<String, (usize, Vec<u8>)> {
        let mut sent = BTreeMap::new();
        for (index, block) in plan.numbered_blocks() {
            for case in &block.cases {
                let body = case.request.body.as_deref().unwrap_or_default().to_vec();
                let twice = sent.insert(case.id.clone(), (index, body));
                assert!(twice.is_none(), "{} is planned twice", case.id);
            }
        }
        for (index, sequence) in plan.sequences() {
            for case in &sequence.cases {
                let body = case.request.body.as_deref().unwrap_or_default().to_vec();
                let twice = sent.insert(case.id.clone(), (index, body));
                assert!(twice.is_none(), "{} is planned twice", case.id);
            }
        }
        sent
    }

    #[test]
    fn shards_together_send_what_one_process_sends() {
        let whole = sent(&whole());
        for of in [2, 5] {
            let mut together = BTreeMap::new();
            for index in 1..=of {
                for (id, what) in sent(&shard(index, of)) {
                    assert!(together.insert(id, what).is_none(), "sent by two of {of}");
                }
            }
            assert!(together == whole, "{of}");
        }
    }

    #[test]
    fn a_case_has_its_twin_and_a_block_its_control() {
        for block in shard(2, 3).blocks() {
            let ids: BTreeSet<&str> = block.cases.iter().map(|case| case.id.as_str()).collect();
            for twin in block.cases.iter().filter_map(|case| case.twin.as_deref()) {
                assert!(ids.contains(twin) || *twin == block.control.id, "{twin}");
            }
        }
    }

    #[test]
    fn members_given_twice_stay_together() {
        let with = (1..=3).filter(|index| {
            let plan = shard(*index, 3);
            let mut cases = plan.blocks().flat_map(|block| block.cases);
            cases.any(|case| case.scenario == Scenario::DuplicateMember)
        });
        assert_eq!(with.count(), 1);
    }

    #[test]
    fn shards_get_about_the_same_and_count_it() {
        let whole = whole().requests();
        for of in [2, 3] {
            let share = whole / usize::try_from(of).expect("is small");
            for index in 1..=of {
                let plan = shard(index, of);
                let blocks: usize = plan.blocks().map(|block| block.requests()).sum();
                let sequences = plan.sequences().map(|(_, sequence)| sequence.cases.len());
                let made = blocks + sequences.sum::<usize>();
                assert!(made.abs_diff(share) < share / 4, "{made} of {share}");
                assert!(
                    plan.requests().abs_diff(made) < share / 4,
                    "{} of {made}",
                    plan.requests()
                );
            }
        }
    }
}
