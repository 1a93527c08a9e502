//! Planned cases in little space.
//!
//! The cases of an operation differ from its plain valid request in one place each. A large body as
//! a JSON value takes ten times the space of its bytes, and a plan holds thousands of them: kept are
//! the bytes that differ.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Number, Value};

use super::{Block, Sequence, SequenceKind};
use crate::case::{Case, HeaderCase, Request};
use crate::contract::RuleId;

/// Deeper values are not read back from their bytes.
const DEEPEST: usize = 100;

/// Fewer bytes of difference than this are not looked at again for a nearer body.
const NEAR: usize = 256;

/// Cases held against a plain one.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    plain: Arc<Case>,
    cases: Vec<PackedCase>,
}

#[derive(Clone, Debug)]
struct PackedCase {
    /// Without a body, and where the request is the plain one without a request.
    case: Case,
    is_plain_request: bool,
    bytes: Option<Difference>,
    value: PackedValue,
}

/// A body as what lies between its common beginning and end with another one.
#[derive(Clone, Debug)]
struct Difference {
    /// The case with the other body; the plain one where there is none.
    from: Option<usize>,
    head: usize,
    tail: usize,
    middle: Box<[u8]>,
}

#[derive(Clone, Debug)]
enum PackedValue {
    Nothing,
    /// The value that the bytes say, with its fractions, which may be read a little off.
    Read(Box<[f64]>),
    /// One too deep to be read back.
    Kept(Box<Value>),
}

impl Packed {
    pub(super) fn new(plain: &Arc<Case>, cases: impl IntoIterator<Item = Case>) -> Self {
        let mut packed = Self { plain: Arc::clone(plain), cases: Vec::new() };
        let mut by_id: HashMap<String, (usize, Bytes)> = HashMap::new();
        for case in cases {
            let bytes = case.request.body.clone();
            let twin = case.twin.as_ref().and_then(|twin| by_id.get(twin));
            let twin = twin.map(|(index, bytes)| (*index, bytes.clone()));
            if let Some(bytes) = &bytes {
                by_id.insert(case.id.clone(), (packed.cases.len(), bytes.clone()));
            }
            packed.push(case, bytes.as_ref(), twin);
        }
        packed.cases.shrink_to_fit();
        packed
    }

    fn push(&mut self, mut case: Case, bytes: Option<&Bytes>, twin: Option<(usize, Bytes)>) {
        case.request.body = None;
        let value = match case.body.take() {
            None => PackedValue::Nothing,
            Some(value) => {
                let mut fractions = Vec::new();
                if is_read_back(&value, DEEPEST, &mut fractions) {
                    PackedValue::Read(fractions.into())
                } else {
                    PackedValue::Kept(Box::new(value))
                }
            }
        };
        let is_plain_request = self.is_plain(&case.request);
        if is_plain_request {
            case.request = nothing();
        }
        let bytes = bytes.map(|bytes| {
            let plain = self.plain.request.body.as_deref().unwrap_or_default();
            let difference = Difference::new(None, plain, bytes);
            match twin {
                Some((from, other)) if difference.middle.len() > NEAR => {
                    let nearer = Difference::new(Some(from), &other, bytes);
                    if nearer.middle.len() < difference.middle.len() { nearer } else { difference }
                }
                _ => difference,
            }
        });
        self.cases.push(PackedCase { case, is_plain_request, bytes, value });
    }

    /// The cases without their requests and bodies.
    pub(super) fn heads(&self) -> impl Iterator<Item = &Case> + Clone {
        self.cases.iter().map(|packed| &packed.case)
    }

    /// The cases as they were.
    pub(super) fn cases(&self) -> impl Iterator<Item = Case> {
        (0..self.cases.len()).map(|index| self.case(index))
    }

    /// The case with this index as it was.
    pub(super) fn case(&self, index: usize) -> Case {
        let packed = &self.cases[index];
        let mut case = packed.case.clone();
        if packed.is_plain_request {
            case.request = Request { body: None, ..self.plain.request.clone() };
        }
        let plain = self.plain.request.body.as_ref();
        let bytes = packed.bytes.as_ref().map(|difference| match plain {
            Some(plain) if difference.is_nothing(plain.len()) => plain.clone(),
            _ => Bytes::from(self.bytes(difference).into_owned()),
        });
        case.body = match &packed.value {
            PackedValue::Nothing => None,
            PackedValue::Kept(value) => Some((**value).clone()),
            PackedValue::Read(_) if bytes.is_some() && bytes.as_ref() == plain => {
                self.plain.body.clone()
            }
            PackedValue::Read(fractions) => {
                let mut value = bytes.as_deref().and_then(|b| serde_json::from_slice(b).ok());
                if let Some(value) = &mut value {
                    put_back(value, &mut fractions.iter());
                }
                value
            }
        };
        case.request.body = bytes;
        case
    }

    fn bytes(&self, difference: &Difference) -> Cow<'_, [u8]> {
        let from = match difference.from.and_then(|from| self.cases[from].bytes.as_ref()) {
            Some(other) => self.bytes(other),
            None => Cow::Borrowed(self.plain.request.body.as_deref().unwrap_or_default()),
        };
        let (head, tail) = (&from[..difference.head], &from[from.len() - difference.tail..]);
        Cow::Owned([head, &difference.middle, tail].concat())
    }

    fn is_plain(&self, request: &Request) -> bool {
        let plain = &self.plain.request;
        request.path == plain.path
            && request.method == plain.method
            && request.query == plain.query
            && request.headers == plain.headers
            && request.header_case == plain.header_case
    }
}

impl Difference {
    fn new(from: Option<usize>, other: &[u8], bytes: &[u8]) -> Self {
        let common =
            |a: &mut dyn Iterator<Item = (&u8, &u8)>| a.take_while(|(a, b)| a == b).count();
        let head = common(&mut other.iter().zip(bytes));
        let (rest, behind) = (&other[head..], &bytes[head..]);
        let tail = common(&mut rest.iter().rev().zip(behind.iter().rev()));
        let middle = behind[..behind.len() - tail].into();
        Self { from, head, tail, middle }
    }

    /// Whether it says the whole plain body again, which has so many bytes.
    fn is_nothing(&self, plain: usize) -> bool {
        self.from.is_none() && self.middle.is_empty() && self.head + self.tail == plain
    }
}

/// Whether a value can be read back from what is written of it; notes its fractions in order.
fn is_read_back(value: &Value, levels: usize, fractions: &mut Vec<f64>) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return false };
    match value {
        Value::Number(number) => {
            fractions.extend(number.as_f64().filter(|_| number.is_f64()));
            true
        }
        Value::Array(entries) => entries.iter().all(|one| is_read_back(one, levels, fractions)),
        Value::Object(members) => members.values().all(|one| is_read_back(one, levels, fractions)),
        _ => true,
    }
}

/// Gives the fractions of a value that was read the values that they had.
fn put_back(value: &mut Value, fractions: &mut std::slice::Iter<'_, f64>) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let exact = fractions.next().and_then(|fraction| Number::from_f64(*fraction));
            *number = exact.unwrap_or_else(|| number.clone());
        }
        Value::Array(entries) => entries.iter_mut().for_each(|one| put_back(one, fractions)),
        Value::Object(members) => members.values_mut().for_each(|one| put_back(one, fractions)),
        _ => {}
    }
}

fn nothing() -> Request {
    Request {
        method: String::new(),
        path: String::new(),
        query: Vec::new(),
        headers: Arc::default(),
        header_case: HeaderCase::default(),
        body: None,
    }
}

/// A block in little space, its control in front of its cases.
#[derive(Clone, Debug)]
pub(super) struct PackedBlock {
    name: String,
    cases: Packed,
}

impl PackedBlock {
    pub(super) fn new(plain: &Arc<Case>, block: Block) -> Self {
        let Block { name, control, cases } = block;
        Self { name, cases: Packed::new(plain, std::iter::once(control).chain(cases)) }
    }

    pub(super) fn unpacked(&self) -> Block {
        let cases = (1..self.cases.cases.len()).map(|index| self.cases.case(index)).collect();
        Block { name: self.name.clone(), control: self.cases.case(0), cases }
    }

    /// Its cases without requests and bodies.
    pub(super) fn heads(&self) -> impl Iterator<Item = &Case> + Clone {
        self.cases.heads().skip(1)
    }

    /// The case with this index among those of [`heads`](Self::heads), as it was.
    pub(super) fn case(&self, index: usize) -> Case {
        self.cases.case(index + 1)
    }

    pub(super) fn plain(&self) -> &Arc<Case> {
        &self.cases.plain
    }
}

/// A sequence in little space.
#[derive(Clone, Debug)]
pub(super) struct PackedSequence {
    pub(super) id: String,
    kind: SequenceKind,
    rule: RuleId,
    /// How many of its requests keep the contract.
    pub(super) valid: usize,
    cases: Packed,
}

impl PackedSequence {
    pub(super) fn new(plain: &Arc<Case>, sequence: Sequence) -> Self {
        let valid = sequence.valid();
        let Sequence { id, kind, rule, cases } = sequence;
        Self { id, kind, rule, valid, cases: Packed::new(plain, cases) }
    }

    pub(super) fn unpacked(&self) -> Sequence {
        let (id, rule) = (self.id.clone(), self.rule.clone());
        Sequence { id, kind: self.kind, rule, cases: self.cases.cases().collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.cases.cases.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Packed;
    use crate::case::Case;
    use crate::case::Phase;
    use crate::contract::Contract;
    use crate::generate::Inputs;
    use crate::generate::coverage::{Bench, blocks};

    #[test]
    fn packed_cases_come_back_as_they_were() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let inputs = Inputs::default();
        let bench = Bench::new(&contract.operations[0], &inputs).expect("can be made");
        let plain = Arc::new(bench.block(Phase::Coverage, "").plain());
        let mut count = 0;
        for block in blocks(&bench) {
            let packed = Packed::new(&plain, block.cases.clone());
            for (case, back) in block.cases.iter().zip(packed.cases()) {
                assert_eq!(format!("{case:?}"), format!("{back:?}"));
                count += 1;
            }
        }
        assert!(count > 500, "{count}");
    }

    #[test]
    fn values_that_do_not_read_back_are_kept() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let inputs = Inputs::default();
        let bench = Bench::new(&contract.operations[0], &inputs).expect("can be made");
        let plain = bench.block(Phase::Coverage, "").plain();
        let deep = (0..200).fold(json!(0.1), |value, _| json!([value]));
        let bodies = [json!({"a": 1.0e-7, "b": 123_456_789.123_456_78}), deep, json!({"é": "é"})];
        let cases = bodies.map(|body| {
            let mut case = Case { body: Some(body.clone()), ..plain.clone() };
            case.request.body = Some(body.to_string().into());
            case.request.path.push('x');
            case
        });
        let packed = Packed::new(&Arc::new(plain), cases.clone());
        for (case, back) in cases.iter().zip(packed.cases()) {
            assert_eq!((&case.body, &case.request), (&back.body, &back.request));
        }
    }
}
