//! Proptest strategies for the bodies of an operation.
//!
//! A strategy draws one number from proptest's generator and makes the whole value from it, so that
//! `PROPTEST_CASES` and regression files work as always; its tree shrinks in the structure of the
//! value and inside its label.

use std::sync::Arc;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;

use super::{CaseRng, JsonTree, Label, Labelled, Recipe, Texts, Unsupported, ViolationKind};
use crate::case::label::broken;
use crate::contract::{Operation, Schema};

/// How often a rule may fail to be broken by luck before the next one is tried.
const TRIES: usize = 16;

/// Bodies that keep every rule of the operation.
///
/// They hold letters and digits and nothing that the contract leaves open, so that any server must
/// accept them; [`ValidBody::texts`] widens that.
///
/// # Panics
///
/// Where the operation has no body, or one that can't be generated; [`ValidBody::new`] says so in a
/// `Result`.
///
/// ```
/// # use fencepost::contract::Contract;
/// use proptest::prelude::*;
///
/// # let contract = Contract::builtin("koophone").expect("is built in");
/// # let operation = &contract.operations[0];
/// proptest!(|(body in fencepost::generate::valid_body(operation))| {
///     prop_assert!(body["instance_ids"].as_array().is_some_and(|ids| ids.len() <= 100));
/// });
/// ```
pub fn valid_body(operation: &Operation) -> ValidBody {
    let (schema, floor) = body_of(operation);
    let strategy =
        ValidBody::new(&schema).unwrap_or_else(|error| panic!("{}: {error}", operation.id));
    ValidBody { floor, ..strategy }
}

/// Bodies that each break exactly one rule of the operation, with their valid twins.
///
/// Every rule that can be broken alone is broken equally often; [`ViolatingBody::only`] chooses.
///
/// # Panics
///
/// As [`valid_body`].
///
/// ```
/// # use fencepost::contract::Contract;
/// use proptest::prelude::*;
///
/// # let contract = Contract::builtin("koophone").expect("is built in");
/// # let operation = &contract.operations[0];
/// let too_many = fencepost::generate::violating_body(operation).only("body.instance_ids/maxItems");
/// proptest!(|(labelled in too_many)| {
///     prop_assert!(labelled.value["instance_ids"].as_array().is_some_and(|ids| ids.len() > 100));
/// });
/// ```
pub fn violating_body(operation: &Operation) -> ViolatingBody {
    let (schema, floor) = body_of(operation);
    let strategy =
        ViolatingBody::new(&schema).unwrap_or_else(|error| panic!("{}: {error}", operation.id));
    ViolatingBody { floor, ..strategy }
}

/// The body's schema, and the smallest of its valid examples.
fn body_of(operation: &Operation) -> (Schema, Option<Value>) {
    let Some(body) = &operation.body else { panic!("{}: the operation has no body", operation.id) };
    let valid = body.examples.iter().map(|(_, example)| example);
    let valid = valid.filter(|example| broken(&body.schema, example).is_empty());
    let floor = valid.min_by_key(|example| example.to_string().len()).cloned();
    (body.schema.clone(), floor)
}

/// The strategy of [`valid_body`].
#[derive(Clone, Debug)]
#[must_use = "strategies do nothing unless used"]
pub struct ValidBody {
    recipe: Arc<Recipe>,
    texts: Texts,
    floor: Option<Value>,
}

impl ValidBody {
    /// Values that keep `schema`.
    pub fn new(schema: &Schema) -> Result<Self, Unsupported> {
        let recipe = Arc::new(Recipe::new(schema)?);
        Ok(Self { recipe, texts: Texts::Plain, floor: None })
    }

    /// Draws from this part of the legal space; from [`Texts::Plain`] otherwise.
    pub fn texts(self, texts: Texts) -> Self {
        Self { texts, ..self }
    }

    /// Shrinks towards a minimal valid value whose parts are known to the server.
    pub fn floor(self, floor: Value) -> Self {
        Self { floor: Some(floor), ..self }
    }
}

impl Strategy for ValidBody {
    type Tree = JsonTree;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let value = self.recipe.valid_of(self.texts, &mut case_rng(runner));
        Ok(tree(self.recipe.schema(), Label::Valid, value, self.floor.as_ref()))
    }
}

/// The strategy of [`violating_body`].
#[derive(Clone, Debug)]
#[must_use = "strategies do nothing unless used"]
pub struct ViolatingBody {
    recipe: Arc<Recipe>,
    texts: Texts,
    floor: Option<Value>,
    kinds: Vec<ViolationKind>,
}

impl ViolatingBody {
    /// Values that each break one rule of `schema`.
    pub fn new(schema: &Schema) -> Result<Self, Unsupported> {
        let recipe = Arc::new(Recipe::new(schema)?);
        let kinds = recipe.violations().to_vec();
        Ok(Self { recipe, texts: Texts::Plain, floor: None, kinds })
    }

    /// Breaks only the rules that `name` names: a rule (`body.user_id/maxLength`), a keyword
    /// (`maxLength`) or a place (`body.user_id`).
    ///
    /// Where it names none, the strategy rejects with a message that lists what there is.
    pub fn only(mut self, name: &str) -> Self {
        self.kinds.retain(|kind| {
            let place = kind.place.to_string();
            kind.keyword == name || place == name || format!("{place}/{}", kind.keyword) == name
        });
        self
    }

    /// Draws what isn't broken from this part of the legal space; from [`Texts::Plain`] otherwise.
    pub fn texts(self, texts: Texts) -> Self {
        Self { texts, ..self }
    }

    /// Shrinks towards a minimal valid value whose parts are known to the server.
    pub fn floor(self, floor: Value) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// The rules that are broken.
    pub fn kinds(&self) -> &[ViolationKind] {
        &self.kinds
    }
}

impl Strategy for ViolatingBody {
    type Tree = LabelledTree;
    type Value = Labelled;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let mut rng = case_rng(runner);
        for _ in 0..TRIES {
            let index = usize::try_from(rng.next_u64() >> 1).unwrap_or(0);
            let Some(kind) = self.kinds.get(index % self.kinds.len().max(1)) else { break };
            if let Some(start) = self.recipe.violate_of(kind, self.texts, &mut rng) {
                let keyword = kind.keyword.to_owned();
                let label = Label::Breaks { place: kind.place.clone(), keyword };
                let schema = self.recipe.schema();
                let tree = tree(schema, label, start.value.clone(), self.floor.as_ref());
                let recipe = Arc::clone(&self.recipe);
                return Ok(LabelledTree { tree, start, recipe, kind: kind.clone() });
            }
        }
        let rules = self.recipe.violations().iter();
        let rules: Vec<String> =
            rules.map(|kind| format!("{}/{}", kind.place, kind.keyword)).collect();
        Err(format!("no such rule can be broken; there are: {}", rules.join(", ")).into())
    }
}

/// A violating value that shrinks inside its label, with a twin at every step.
#[derive(Clone, Debug)]
pub struct LabelledTree {
    tree: JsonTree,
    start: Labelled,
    recipe: Arc<Recipe>,
    kind: ViolationKind,
}

impl ValueTree for LabelledTree {
    type Value = Labelled;

    fn current(&self) -> Labelled {
        if *self.tree.value() == self.start.value {
            return self.start.clone();
        }
        let shrunk = self.recipe.label(&self.kind, self.tree.current());
        shrunk.unwrap_or_else(|| self.start.clone())
    }

    fn simplify(&mut self) -> bool {
        self.tree.simplify()
    }

    fn complicate(&mut self) -> bool {
        self.tree.complicate()
    }
}

fn case_rng(runner: &mut TestRunner) -> CaseRng {
    CaseRng::seed_from_u64(runner.rng().next_u64())
}

fn tree(schema: &Schema, label: Label, value: Value, floor: Option<&Value>) -> JsonTree {
    let tree = JsonTree::new(schema, label, value);
    match floor {
        Some(floor) => tree.with_floor(floor.clone()),
        None => tree,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::test_runner::{Config, TestError, TestRunner};
    use serde_json::{Value, json};

    use super::{ValidBody, ViolatingBody};
    use crate::contract::Schema;

    fn schema() -> Schema {
        let document = json!({"type": "object", "required": ["ids"], "properties": {
            "ids": {"type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 17}}
        }});
        Schema::at(&Arc::new(document), "")
    }

    fn runner() -> TestRunner {
        let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
    }

    #[test]
    fn the_same_runner_seed_draws_the_same_values() {
        use proptest::strategy::{Strategy, ValueTree};
        let strategy = ValidBody::new(&schema()).expect("is within reach");
        let draw = || {
            let mut runner = TestRunner::deterministic();
            let mut one = || strategy.new_tree(&mut runner).expect("draws").current();
            (0..9).map(|_| one()).collect::<Vec<Value>>()
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn proptest_shrinks_a_failure_to_its_core() {
        let strategy = ValidBody::new(&schema()).expect("is within reach");
        let result = runner().run(&strategy, |body| {
            assert!(body["ids"].as_array().is_some_and(|ids| ids.len() < 4));
            Ok(())
        });
        let Err(TestError::Fail(_, least)) = result else { panic!("{result:?}") };
        assert_eq!(least, json!({"ids": ["a", "a", "a", "a"]}));
    }

    #[test]
    fn a_shrunk_violation_keeps_a_valid_twin() {
        let strategy = ViolatingBody::new(&schema()).expect("is within reach");
        let result = runner().run(&strategy.only("maxLength"), |labelled| {
            assert!(labelled.keyword != "maxLength");
            Ok(())
        });
        let Err(TestError::Fail(_, least)) = result else { panic!("{result:?}") };
        assert_eq!(least.value, json!({"ids": ["a".repeat(18)]}));
        assert_eq!(least.twin, json!({"ids": ["a".repeat(17)]}));
        assert_eq!(least.intent, "18 characters, entry 1 of 1");
    }

    #[test]
    fn a_rule_that_is_not_there_is_refused_with_those_that_are() {
        let strategy = ViolatingBody::new(&schema()).expect("is within reach");
        let result = runner().run(&strategy.only("minimum"), |_| Ok(()));
        let Err(TestError::Abort(reason)) = result else { panic!("{result:?}") };
        assert!(reason.message().contains("body.ids/maxItems"), "{reason}");
    }
}
