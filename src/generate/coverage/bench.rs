//! Where cases are put together: a template that is varied in one place.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::draft::Draft;
use super::lists::DrawnList;
use super::proof::Proof;
use super::reach;
use super::sites::{Site, sites_and_beyond};
use crate::case::{
    Case, Expectation, FieldValue, GenerationMode, HeaderCase, Phase, Request, Scenario,
};
use crate::contract::{Operation, Place, RuleId, Strength};
use crate::generate::{CaseRng, Inputs, Recipe, template};

/// A block of cases: its control, the legal cases that serve others as twins, and the rest.
///
/// The engine sends the control, then the legal cases, then the others, then the control again;
/// within each group the order doesn't matter.
#[derive(Clone, Debug)]
pub struct Block {
    /// What the block is about: `body.user_id lengths`.
    pub name: String,
    /// A plain valid request.
    pub control: Case,
    /// The cases; a twin stands before the cases that name it.
    pub cases: Vec<Case>,
}

/// Blocks that are made one after the other.
pub(super) type Blocks<'b> = Box<dyn Iterator<Item = Block> + 'b>;

/// The place where an operation's cases are put together.
pub(crate) struct Bench<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) inputs: &'a Inputs,
    /// A plain valid body, whose values may exist on the server.
    pub(crate) template: Option<Value>,
    /// The places in the body that are varied one by one.
    pub(crate) sites: Arc<[Site]>,
    /// The schema has keywords with which one place doesn't say what is legal there.
    proof: Option<Proof>,
    recipe: OnceCell<Option<Arc<Recipe>>>,
    /// The lists of anything but free texts.
    pub(super) drawn_lists: OnceCell<Vec<DrawnList>>,
    /// What each rule is worth.
    strengths: Arc<HashMap<RuleId, Strength>>,
    /// The places that are left out of every body: their least value is too large to send.
    beyond: Arc<[Place]>,
    /// What the bodies of finite cases come to so far, in bytes.
    spent: Cell<usize>,
    /// Rules that lost a case to that.
    unaffordable: RefCell<BTreeSet<RuleId>>,
    /// Rules of path parameters whose violations may be answered by another operation.
    ambiguous: RefCell<BTreeSet<RuleId>>,
    /// How long the plain body is.
    plain_length: usize,
    /// The plain valid request without a body's bytes.
    request: Request,
}

/// What benches of one operation are put together from.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    template: Option<Value>,
    request: Request,
    sites: Arc<[Site]>,
    beyond: Arc<[Place]>,
    proof: Option<Proof>,
    strengths: Arc<HashMap<RuleId, Strength>>,
}

/// The cases of one block as they are collected.
pub(crate) struct Builder<'b, 'a> {
    pub(crate) bench: &'b Bench<'a>,
    phase: Phase,
    block: Block,
    /// Cases that turned out to be something else than they say, and those held against them.
    dropped: Vec<String>,
}

impl Parts {
    fn new(operation: &Operation, template: Option<Value>, request: Request) -> Self {
        let schema = operation.body.as_ref().map(|body| &body.schema);
        let (sites, beyond) = schema.map(sites_and_beyond).unwrap_or_default();
        let strengths = operation.rules.iter().map(|rule| (rule.id.clone(), rule.strength));
        Self {
            template,
            request,
            proof: schema.and_then(|schema| Proof::new(schema, &sites)),
            sites: sites.into(),
            beyond: beyond.into(),
            strengths: Arc::new(strengths.collect()),
        }
    }
}

impl<'a> Bench<'a> {
    /// A bench for `operation`, or why no plain valid request can be made for it.
    pub(crate) fn new(operation: &'a Operation, inputs: &'a Inputs) -> Result<Self, String> {
        let recipe = operation.body.as_ref().map(|body| Recipe::new(&body.schema));
        let template = template::body(operation, inputs, recipe.as_ref())?;
        let request = template::request(operation, inputs)?;
        let mut bench = Self::of(operation, inputs, Parts::new(operation, template, request));
        let known = recipe.and_then(Result::ok).map(|recipe| Arc::new(bench.with_known(recipe)));
        bench.recipe = OnceCell::from(known);
        Ok(bench)
    }

    /// The same bench again, put together from its [`parts`](Self::parts).
    pub(crate) fn of(operation: &'a Operation, inputs: &'a Inputs, parts: Parts) -> Self {
        let Parts { template, request, sites, beyond, proof, strengths } = parts;
        let plain_length = template.as_ref().map_or(0, |body| body.to_string().len());
        Self {
            operation,
            inputs,
            template,
            sites,
            proof,
            recipe: OnceCell::new(),
            drawn_lists: OnceCell::new(),
            strengths,
            beyond,
            spent: Cell::new(0),
            unaffordable: RefCell::default(),
            ambiguous: RefCell::default(),
            plain_length,
            request,
        }
    }

    /// What another bench of the operation can be put together from.
    pub(crate) fn parts(&self) -> Parts {
        Parts {
            template: self.template.clone(),
            request: self.request.clone(),
            sites: Arc::clone(&self.sites),
            beyond: Arc::clone(&self.beyond),
            proof: self.proof.clone(),
            strengths: Arc::clone(&self.strengths),
        }
    }

    /// What random bodies are drawn from, with identifiers that may exist on the server.
    pub(crate) fn recipe(&self) -> Option<&Arc<Recipe>> {
        let new = || {
            let schema = &self.operation.body.as_ref()?.schema;
            Some(Arc::new(self.with_known(Recipe::new(schema).ok()?)))
        };
        self.recipe.get_or_init(new).as_ref()
    }

    fn with_known(&self, recipe: Recipe) -> Recipe {
        let all = &self.sites;
        self.operation.identifiers.iter().fold(recipe, |recipe, identifier| {
            let known: Vec<Value> =
                self.inputs.known(identifier).iter().cloned().map(Value::String).collect();
            match all.iter().find(|site| site.place.to_string() == identifier.at) {
                Some(site) if !known.is_empty() => recipe.with_known(&site.place, &known),
                _ => recipe,
            }
        })
    }

    /// What a rule is worth; nothing where the contract has no such rule.
    pub(crate) fn strength(&self, rule: &RuleId) -> Strength {
        self.strengths.get(rule).copied().unwrap_or(Strength::Open)
    }

    /// Whether the body breaks `keyword` at `place` and nothing elsewhere, as far as that is asked.
    pub(crate) fn breaks(&self, body: &Value, place: &Place, keyword: &str) -> bool {
        let proof = self.proof.as_ref();
        proof.is_none_or(|proof| proof.breaks(body, &place.to_string(), keyword))
    }

    /// The rules that can't be put to the test, or not wholly, since that would take too much.
    pub(crate) fn too_large(&self) -> BTreeSet<RuleId> {
        let mut rules = self.unaffordable.borrow().clone();
        for site in self.sites.iter() {
            let keywords = site.out_of_reach();
            let location = site.place.to_string();
            rules.extend(keywords.iter().map(|word| self.operation.rule_id(&location, word)));
        }
        let ids = self.operation.rules.iter().map(|rule| &rule.id);
        rules.extend(
            ids.filter(|id| {
                self.beyond.iter().any(|place| reach::is_at_or_below(id.location(), place))
            })
            .cloned(),
        );
        rules
    }

    /// The rules of path parameters whose violations may be answered by another operation.
    pub(crate) fn ambiguous(&self) -> BTreeSet<RuleId> {
        self.ambiguous.borrow().clone()
    }

    /// Whether there is room for a finite case of `rule` with such a body, which then is taken.
    fn affords(&self, rule: &RuleId, request: &Request) -> bool {
        let length = request.body.as_ref().map_or(0, Bytes::len);
        let spent = self.spent.get() + length;
        let is_large = length > self.plain_length + reach::SMALL;
        let is_within = rule.location().starts_with("body.");
        let affords = (spent <= reach::LARGE_BODIES || !is_large)
            && (spent <= reach::ALL_BODIES || !is_within);
        if affords {
            self.spent.set(spent);
        } else {
            self.unaffordable.borrow_mut().insert(rule.clone());
        }
        affords
    }

    /// The random numbers of one random case.
    pub(crate) fn random(&self, label: &str, number: usize) -> CaseRng {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        self.inputs.seed.rng(&self.operation.id, label, number)
    }

    /// The random numbers for the cases under `label`.
    pub(crate) fn rng(&self, label: &str) -> CaseRng {
        self.inputs.seed.rng(&self.operation.id, label, 0)
    }

    /// The plain valid request with these bytes as its body.
    pub(crate) fn request_with(&self, body: Option<Vec<u8>>) -> Request {
        let mut request = self.request.clone();
        if body.is_none() && self.operation.other_body.is_some() {
            return request;
        }
        if body.is_none() {
            request.remove_header("Content-Type");
        }
        request.body = body.map(Bytes::from);
        request
    }

    /// The plain valid request with this JSON value as its body.
    pub(crate) fn request_of(&self, body: Option<&Value>) -> Request {
        self.request_with(body.map(|value| {
            let mut bytes = Vec::with_capacity(self.plain_length);
            let written = serde_json::to_writer(&mut bytes, value);
            written.expect("names of members are texts, and a list of bytes takes everything");
            bytes
        }))
    }

    /// The control's case.
    fn control(&self, block: &str) -> Case {
        Case {
            id: format!("control/{block}"),
            phase: Phase::Coverage,
            mode: GenerationMode::Positive,
            scenario: Scenario::Control,
            rule: self.operation.rule_id("request", "valid"),
            strength: Strength::Must,
            expectation: Expectation::Accepted,
            intent: "a plain valid request".to_owned(),
            place: None,
            body: self.template.clone(),
            request: self.request_of(self.template.as_ref()),
            twin: None,
        }
    }

    /// Starts a block.
    pub(crate) fn block(&self, phase: Phase, name: impl Into<String>) -> Builder<'_, 'a> {
        let name = name.into();
        let mut control = self.control(&name);
        control.phase = phase;
        let block = Block { control, name, cases: Vec::new() };
        Builder { bench: self, phase, block, dropped: Vec::new() }
    }
}

impl Builder<'_, '_> {
    /// The control's case id.
    pub(crate) fn control(&self) -> String {
        self.block.control.id.clone()
    }

    /// The control itself.
    pub(crate) fn plain(self) -> Case {
        self.block.control
    }

    /// Makes room for so many cases.
    pub(crate) fn reserve(&mut self, cases: usize) {
        self.block.cases.reserve(cases);
    }

    /// How many cases were added.
    pub(crate) fn len(&self) -> usize {
        self.block.cases.len()
    }

    /// Adds a case with a JSON body; returns its id.
    pub(crate) fn body(&mut self, draft: Draft, body: Value) -> String {
        let request = self.bench.request_of(Some(&body));
        self.push(draft, request, Some(body))
    }

    /// Adds a case with these bytes as its body, for what a JSON value can't say.
    pub(crate) fn bytes(&mut self, draft: Draft, body: impl Into<Vec<u8>>) -> String {
        let request = self.bench.request_with(Some(body.into()));
        self.push(draft, request, None)
    }

    /// Adds a case whose request is the plain one, changed by `change`.
    pub(crate) fn request(&mut self, draft: Draft, change: impl FnOnce(&mut Request)) -> String {
        let body = self.bench.template.clone();
        let mut request = self.bench.request_of(body.as_ref());
        change(&mut request);
        let body = body.filter(|_| request.body.is_some());
        self.push(draft, request, body)
    }

    /// Adds a case with a JSON body whose headers are changed by `change`.
    pub(crate) fn varied(
        &mut self,
        draft: Draft,
        body: Value,
        change: impl FnOnce(&mut Request),
    ) -> String {
        let mut request = self.bench.request_of(Some(&body));
        change(&mut request);
        self.push(draft, request, Some(body))
    }

    fn push(&mut self, draft: Draft, request: Request, body: Option<Value>) -> String {
        let operation = self.bench.operation;
        let rule = operation.rule_id(&draft.location, draft.keyword);
        let id =
            case_id(self.phase, draft.scenario, &rule, &self.block.name, self.block.cases.len());
        let (mode, default_twin) = match draft.expectation {
            Expectation::Accepted | Expectation::SameAsTwin => (GenerationMode::Positive, None),
            _ => (GenerationMode::Negative, Some(self.control())),
        };
        let is_lost = |twin: &String| self.dropped.contains(twin);
        let proof = self.bench.proof.as_ref();
        let is_negative = mode == GenerationMode::Negative;
        let is_elsewhere = is_negative
            && draft.location.starts_with("path.")
            && operation.may_lead_elsewhere(&request.path);
        if is_elsewhere {
            self.bench.ambiguous.borrow_mut().insert(rule.clone());
        }
        if is_elsewhere
            || (!is_negative && self.strays(&request.path))
            || draft.twin.as_ref().is_some_and(is_lost)
            || proof.is_some_and(|proof| !proof.holds(&draft, &request, body.as_ref()))
            || (self.phase == Phase::Coverage && !self.bench.affords(&rule, &request))
        {
            let id = format!("{id}/dropped/{}", self.dropped.len());
            self.dropped.push(id.clone());
            return id;
        }
        let own = self.bench.strength(&rule);
        self.block.cases.push(Case {
            id: id.clone(),
            phase: self.phase,
            mode,
            scenario: draft.scenario,
            strength: draft.strength.map_or(own, |most| most.min(own)),
            rule,
            expectation: draft.expectation,
            intent: draft.intent,
            place: draft.place,
            body,
            request,
            twin: draft.twin.or(default_twin),
        });
        id
    }

    /// Whether a path with other values than the plain one is another operation's, as the plain one isn't:
    /// `/users/me`, where `me` is a legal id.
    fn strays(&self, path: &str) -> bool {
        let (operation, plain) = (self.bench.operation, &self.bench.request.path);
        let leads_elsewhere = |path: &str| {
            let read = percent_decode_str(path).decode_utf8_lossy();
            operation.may_lead_elsewhere(path) || operation.may_lead_elsewhere(&read)
        };
        path != plain && leads_elsewhere(path) && !leads_elsewhere(plain)
    }

    /// The block, legal cases first; `None` when it came out empty.
    pub(crate) fn finish(mut self) -> Option<Block> {
        if self.bench.inputs.only_refused {
            self.keep_refused();
        }
        self.block.cases.sort_by_key(|case| case.mode == GenerationMode::Negative);
        (!self.block.cases.is_empty()).then_some(self.block)
    }

    /// Keeps what the contract says is refused, held against the control alone.
    fn keep_refused(&mut self) {
        let control = self.control();
        self.block.cases.retain(|case| matches!(case.expectation, Expectation::Refused(_)));
        for case in &mut self.block.cases {
            case.twin = Some(control.clone());
        }
    }
}

/// What a case's id takes beside the names of its rule and its block.
const ID_LENGTH: usize = 48;

fn case_id(phase: Phase, scenario: Scenario, rule: &RuleId, block: &str, number: usize) -> String {
    let rule = rule.within_operation();
    let mut id = String::with_capacity(ID_LENGTH + rule.len() + block.len());
    let written = write!(id, "{phase}/{scenario}/{rule}/{block}/{number}");
    written.expect("a String takes everything");
    id
}

/// A header's or parameter's plain value.
pub(crate) fn plain(value: impl Into<String>) -> FieldValue {
    FieldValue::Plain(value.into())
}

impl Block {
    /// How many requests it comes to, the control before it among them.
    pub fn requests(&self) -> usize {
        self.cases.len() + 1
    }

    /// Keeps the cases that `is_wanted` picks, and their twins.
    pub fn retain(&mut self, is_wanted: impl Fn(&Case) -> bool) {
        let mut kept: HashSet<String> = HashSet::new();
        for case in self.cases.iter().rev() {
            if is_wanted(case) || kept.contains(&case.id) {
                kept.insert(case.id.clone());
                kept.extend(case.twin.clone());
            }
        }
        self.cases.retain(|case| kept.contains(&case.id));
    }
}

/// The header names of a request in another case.
pub(crate) fn in_lower_case(request: &mut Request) {
    request.header_case = HeaderCase::Lower;
}
