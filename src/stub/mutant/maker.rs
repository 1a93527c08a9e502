//! Collects the mutants of one operation.

use serde_json::Value;

use crate::contract::Broken;
use crate::contract::{Operation, Strength};
use crate::stub::answer::Reply;
use crate::stub::behaviour::{Behaviour, Exchange, Judging, Step};
use crate::stub::delivery::Delivery;
use crate::stub::offence::Offence;

use super::node::{Node, nodes};
use super::{Family, Mutant, Wire};

/// Collects the mutants of one operation.
pub(super) struct Maker<'o> {
    pub(super) operation: &'o Operation,
    /// Every schema of the request's body.
    pub(super) nodes: Vec<Node>,
    pub(super) made: Vec<Mutant>,
}

impl<'o> Maker<'o> {
    pub(super) fn new(operation: &'o Operation) -> Self {
        let body = operation.body.as_ref();
        let nodes = body.map(|body| nodes(&body.schema, &crate::contract::Place::body()));
        Self { operation, nodes: nodes.unwrap_or_default(), made: Vec::new() }
    }

    /// What the rule `keyword` at `location` is worth; `None` where there is none or it is open.
    pub(super) fn strength(&self, location: &str, keyword: &str) -> Option<Strength> {
        let rule = self.operation.rule(&self.operation.rule_id(location, keyword))?;
        (rule.strength > Strength::Open).then_some(rule.strength)
    }

    /// Adds a mutant of the rule `keyword` at `location`, unless nobody promises it.
    pub(super) fn add(
        &mut self,
        family: Family,
        (location, keyword): (&str, &str),
        operator: &str,
        description: impl Into<String>,
        step: Step,
    ) -> Option<&mut Mutant> {
        let strength = self.strength(location, keyword)?;
        let rule = self.operation.rule_id(location, keyword);
        self.made.push(Mutant {
            id: format!("{rule}/{operator}"),
            family,
            rule,
            strength,
            description: description.into(),
            needs: None,
            behaviour: Behaviour::of(self.operation, vec![step]),
        });
        self.made.last_mut()
    }

    /// Adds one that judges requests otherwise.
    pub(super) fn judging(
        &mut self,
        rule: (&str, &str),
        operator: &str,
        description: impl Into<String>,
        judge: impl Fn(&Judging<'_>, &mut Vec<Offence>) + Send + Sync + 'static,
    ) {
        let step = Step::Judging(Box::new(judge));
        self.add(Family::RequestRules, rule, operator, description, step);
    }

    /// Adds one that lets requests through although they break the rule, where `forgives` says so.
    pub(super) fn forgiving(
        &mut self,
        (location, keyword): (&str, &str),
        operator: &str,
        description: impl Into<String>,
        forgives: impl Fn(&Judging<'_>, &Offence) -> bool + Send + Sync + 'static,
    ) {
        let broken = Broken::new(location, keyword);
        self.judging((location, keyword), operator, description, move |judging, offences| {
            offences.retain(|held| !held.is_against(&broken) || !forgives(judging, held));
        });
    }

    /// Adds one that refuses requests, where `refuses` says so, as if they broke the rule.
    pub(super) fn refusing(
        &mut self,
        (location, keyword): (&str, &str),
        operator: &str,
        description: impl Into<String>,
        refuses: impl Fn(&Judging<'_>) -> bool + Send + Sync + 'static,
    ) {
        let broken = Broken::new(location, keyword);
        self.judging((location, keyword), operator, description, move |judging, offences| {
            if offences.is_empty() && refuses(judging) {
                offences.push(invented(&broken, String::new(), &Value::Null));
            }
        });
    }

    /// Adds one that answers otherwise.
    pub(super) fn answering(
        &mut self,
        family: Family,
        rule: (&str, &str),
        operator: &str,
        description: impl Into<String>,
        answer: impl Fn(&Exchange<'_>, &mut Reply) + Send + Sync + 'static,
    ) -> Option<&mut Mutant> {
        self.add(family, rule, operator, description, Step::Answering(Box::new(answer)))
    }

    /// Adds one whose answers travel otherwise, where `applies` says so.
    pub(super) fn delivering(
        &mut self,
        family: Family,
        rule: (&str, &str),
        operator: &str,
        description: impl Into<String>,
        delivery: Delivery,
        applies: impl Fn(&Exchange<'_>) -> bool + Send + Sync + 'static,
    ) -> Option<&mut Mutant> {
        let step = Step::Answering(Box::new(move |exchange, reply| {
            if applies(exchange) {
                reply.delivery = delivery;
            }
        }));
        let mutant = self.add(family, rule, operator, description, step)?;
        mutant.needs = Some(Wire::Framing);
        mutant.behaviour = mutant.behaviour.clone().on_wire();
        Some(mutant)
    }
}

/// A constraint that is not broken, and held to be.
pub(super) fn invented(broken: &Broken, pointer: String, value: &Value) -> Offence {
    Offence { broken: broken.clone(), pointer, value: value.clone() }
}
