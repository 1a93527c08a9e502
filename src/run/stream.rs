//! Random cases, judged as their answers come.

use std::collections::HashSet;
use std::time::Instant;

use super::Event;
use super::session::{Judged, Session};
use crate::case::Case;
use crate::check::{Exchange, Reading};
use crate::http::Interaction;

/// An answer that can't be judged yet.
struct Waiting {
    index: usize,
    interaction: Interaction,
}

impl Session<'_> {
    /// Sends the cases of a block, legal ones and others overlapped, and judges each answer once its
    /// twin's is there: nothing is kept of answers but what they say.
    ///
    /// Those that were turned away for reasons of the moment come last, with those that wait for
    /// them.
    pub(super) async fn stream<'c>(&mut self, cases: &'c [Case], judged: &mut Vec<Judged<'c>>) {
        let mut done: Vec<(usize, Judged<'c>)> = Vec::with_capacity(cases.len());
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut unsent: Vec<&Case> = Vec::new();
        let mut requests = cases.iter().map(|case| &case.request).enumerate();
        let (wire, oracle) = (self.wire, self.oracle);
        let twins: HashSet<&str> = cases.iter().filter_map(|case| case.twin.as_deref()).collect();
        loop {
            wire.send_planned(&mut requests, |index, answer| {
                self.listener.event(Event::Answered);
                let case = &cases[index];
                let Some(interaction) = answer else { return unsent.push(case) };
                let reading = oracle.read(&interaction);
                if self.is_transient(case, &interaction, &reading, false) || !self.has_twin(case) {
                    return waiting.push(Waiting { index, interaction });
                }
                done.push((index, self.note_and_judge(case, &twins, &interaction, &reading)));
            })
            .await;
            let Some(late) = wire.take_doubt() else { break };
            self.doubt(&cases[late.index], &late.failure).await;
        }
        // A twin stands before the cases that name it.
        waiting.sort_by_key(|waiting| waiting.index);
        let answered = Instant::now();
        for late in waiting {
            let case = &cases[late.index];
            let (interaction, reading) =
                self.settled(case, late.interaction, answered, false).await;
            done.push((late.index, self.note_and_judge(case, &twins, &interaction, &reading)));
        }
        for case in unsent {
            self.leave_undecided(case);
        }
        // What is told of a run doesn't depend on which answer came first.
        done.sort_by_key(|(index, _)| *index);
        judged.extend(done.into_iter().map(|(_, judged)| judged));
    }

    /// Whether what became of the case's twin is known, or it has none.
    pub(super) fn has_twin(&self, case: &Case) -> bool {
        case.twin.as_ref().is_none_or(|twin| self.twins.contains_key(twin))
    }

    /// Judges an answer, and remembers what others are held against; `twins` are the cases that are.
    fn note_and_judge<'c>(
        &mut self,
        case: &'c Case,
        twins: &HashSet<&str>,
        interaction: &Interaction,
        reading: &Reading,
    ) -> Judged<'c> {
        let exchange = Exchange { oracle: self.oracle, case, interaction, reading };
        if twins.contains(case.id.as_str()) {
            self.remember_twin(&exchange);
        }
        self.remember_answered(&exchange);
        self.judge(case, interaction, reading)
    }
}
