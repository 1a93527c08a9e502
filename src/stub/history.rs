//! What went before a request, and what is under way beside it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::incoming::Incoming;

/// So many accepted bodies are remembered.
const REMEMBERED: usize = 64;

/// What went before a request, and what is under way beside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Moment {
    /// The request's number, from 1.
    pub(super) number: usize,
    /// Its number on its connection, from 1; 0 where the front can't tell.
    pub(super) on_connection: usize,
    /// How many requests with the same method, path, query and body went before.
    pub(super) repeats: usize,
    /// The requests under way when it arrived, itself among them.
    pub(super) under_way: usize,
    /// The body of the request before.
    pub(super) previous: Vec<u8>,
    /// The body of another request that was under way at the same time.
    pub(super) alongside: Option<Arc<[u8]>>,
    /// The bodies of accepted requests before, the oldest first.
    pub(super) accepted: Vec<Arc<[u8]>>,
}

/// Notes requests as they come and go.
#[derive(Default)]
pub(super) struct History(Mutex<State>);

#[derive(Default)]
struct State {
    seen: HashMap<u64, usize>,
    number: usize,
    previous: Vec<u8>,
    under_way: BTreeMap<usize, UnderWay>,
    accepted: VecDeque<Arc<[u8]>>,
}

struct UnderWay {
    body: Arc<[u8]>,
    alongside: Option<Arc<[u8]>>,
}

/// A request that is under way, until this is dropped.
pub(super) struct Arrival<'h> {
    history: &'h History,
    moment: Moment,
}

impl History {
    /// Notes a request that has arrived, with its number on its connection.
    pub(super) fn arrive(&self, request: &Incoming, on_connection: usize) -> Arrival<'_> {
        let mut state = self.state();
        state.number += 1;
        let number = state.number;
        let repeats = state.seen.entry(fingerprint(request)).or_default();
        let before = *repeats;
        *repeats += 1;
        let previous = std::mem::replace(&mut state.previous, request.body.clone());
        let body: Arc<[u8]> = request.body.as_slice().into();
        // Requests that are under way at the same time know each other in pairs.
        let single = state.under_way.values_mut().find(|other| other.alongside.is_none());
        let alongside = single.map(|other| {
            other.alongside = Some(Arc::clone(&body));
            Arc::clone(&other.body)
        });
        state.under_way.insert(number, UnderWay { body, alongside });
        let moment = Moment {
            number,
            on_connection,
            repeats: before,
            under_way: state.under_way.len(),
            previous,
            alongside: None,
            accepted: Vec::new(),
        };
        drop(state);
        Arrival { history: self, moment }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival<'_> {
    /// What there is to know of the request's moment by now.
    pub(super) fn moment(&self) -> Moment {
        let state = self.history.state();
        let own = state.under_way.get(&self.moment.number);
        Moment {
            alongside: own.and_then(|own| own.alongside.clone()),
            accepted: state.accepted.iter().cloned().collect(),
            ..self.moment.clone()
        }
    }

    /// Notes that the request is accepted.
    pub(super) fn accept(&self, body: &[u8]) {
        let mut state = self.history.state();
        if state.accepted.len() == REMEMBERED {
            state.accepted.pop_front();
        }
        state.accepted.push_back(body.into());
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.history.state().under_way.remove(&self.moment.number);
    }
}

/// FNV-1a of method, path, query and body.
fn fingerprint(request: &Incoming) -> u64 {
    let query = request.query.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let parts = [request.method.as_bytes(), request.path.as_bytes(), &request.body].into_iter();
    parts
        .chain(query)
        .collect::<Vec<_>>()
        .concat()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::History;
    use crate::stub::incoming::Incoming;

    fn request(body: &str) -> Incoming {
        Incoming { body: body.into(), ..Incoming::default() }
    }

    #[test]
    fn a_request_knows_what_went_before_it() {
        let history = History::default();
        drop(history.arrive(&request("a"), 1));
        let again = history.arrive(&request("a"), 2);
        again.accept(b"a");
        let moment = history.arrive(&request("b"), 1).moment();
        assert_eq!((moment.number, moment.repeats, &*moment.previous), (3, 0, &b"a"[..]));
        assert_eq!((moment.accepted.len(), again.moment().repeats), (1, 1));
    }

    #[test]
    fn requests_under_way_at_the_same_time_know_each_other_in_pairs() {
        let history = History::default();
        let first = history.arrive(&request("a"), 1);
        let second = history.arrive(&request("b"), 1);
        let third = history.arrive(&request("c"), 1);
        let alongside = [&first, &second, &third].map(|arrival| arrival.moment().alongside);
        assert_eq!(alongside, [Some((*b"b").into()), Some((*b"a").into()), None]);
        assert_eq!(third.moment().under_way, 3);
        drop((first, second));
        assert_eq!(history.arrive(&request("d"), 1).moment().under_way, 2);
    }
}
