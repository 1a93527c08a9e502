//! The list of rules while it grows.

use std::collections::HashSet;

use crate::contract::{Basis, Citation, Place, Rule, RuleId, Schema, Strength};

/// Schemas of one operation that branch without end are described this far.
const MOST_RULES: usize = 1_000;

/// Rules in order, each id once, and what they rest on.
pub(super) struct Ledger<'o> {
    operation: &'o str,
    file: &'o str,
    pointer: &'o str,
    citation: Option<&'o Citation>,
    rules: Vec<Rule>,
    ids: HashSet<RuleId>,
}

/// What a rule is worth.
pub(super) type Weight = (Strength, Basis);

/// Decided by the document.
pub(super) const MUST: Weight = (Strength::Must, Basis::Documented);
/// Decided by the document, while common practice says otherwise.
pub(super) const SHOULD: Weight = (Strength::Should, Basis::Documented);
/// Not decided by the document.
pub(super) const OPEN: Weight = (Strength::Open, Basis::Documented);
/// Decided by HTTP or JSON.
pub(super) const PROTOCOL: Weight = (Strength::Must, Basis::Protocol);
/// Decided by HTTP or JSON, while common practice says otherwise.
pub(super) const LOOSE_PROTOCOL: Weight = (Strength::Should, Basis::Protocol);
/// Not decided by HTTP or JSON.
pub(super) const OPEN_PROTOCOL: Weight = (Strength::Open, Basis::Protocol);
/// Decided by good practice.
pub(super) const HOUSE: Weight = (Strength::Must, Basis::House);
/// Advised by good practice.
pub(super) const HOUSE_ADVICE: Weight = (Strength::Should, Basis::House);

impl<'o> Ledger<'o> {
    pub(super) fn new(
        operation: &'o str,
        file: &'o str,
        pointer: &'o str,
        citation: Option<&'o Citation>,
    ) -> Self {
        let (rules, ids) = (Vec::new(), HashSet::new());
        Self { operation, file, pointer, citation, rules, ids }
    }

    pub(super) fn into_rules(self) -> Vec<Rule> {
        self.rules
    }

    pub(super) fn is_full(&self) -> bool {
        self.rules.len() >= MOST_RULES
    }

    /// A rule of the whole operation.
    pub(super) fn add(&mut self, location: &str, keyword: &str, weight: Weight, summary: &str) {
        let citation = match weight.1 {
            Basis::Documented | Basis::Metamorphic => self.whole(),
            Basis::Protocol if location == "body" || location == "response" => {
                rule_book("RFC 8259 (JSON)")
            }
            Basis::Protocol => rule_book("RFC 9110 (HTTP)"),
            Basis::House => rule_book("house rules"),
        };
        self.cited(location, keyword, weight, summary, citation);
    }

    /// A rule that `schema` states at `place`.
    pub(super) fn stated(
        &mut self,
        place: &Place,
        keyword: &str,
        weight: Weight,
        summary: &str,
        source: &Source,
    ) {
        let citation = source.citation_of(self, keyword);
        self.cited(&place.to_string(), keyword, weight, summary, citation);
    }

    /// A rule with a citation of its own; only the first of an id counts.
    pub(super) fn cited(
        &mut self,
        location: &str,
        keyword: &str,
        (strength, basis): Weight,
        summary: &str,
        citation: Citation,
    ) {
        let id = RuleId::new(self.operation, location, keyword);
        if self.ids.insert(id.clone()) {
            let summary = summary.to_owned();
            self.rules.push(Rule { id, summary, strength, basis, citation });
        }
    }

    /// What the operation as a whole rests on.
    pub(super) fn whole(&self) -> Citation {
        self.citation.cloned().unwrap_or_else(|| self.place_in_file(self.pointer))
    }

    fn place_in_file(&self, pointer: &str) -> Citation {
        Citation {
            document: self.file.to_owned(),
            table: None,
            field: Some(pointer.to_owned()).filter(|pointer| !pointer.is_empty()),
        }
    }
}

fn rule_book(name: &str) -> Citation {
    Citation { document: name.to_owned(), table: None, field: None }
}

/// Where a schema's rules are written: at its own citation, at that of a schema above it, or where
/// the schema stands.
#[derive(Clone)]
pub(super) struct Source {
    citation: Option<Citation>,
    pointer: String,
}

impl Source {
    /// The source of the schema at the root.
    pub(super) fn root(schema: &Schema) -> Self {
        Self { citation: schema.citation(), pointer: schema.pointer().to_owned() }
    }

    /// The source of what stands at a pointer and cites nothing of its own.
    pub(super) fn at(pointer: &str) -> Self {
        Self { citation: None, pointer: pointer.to_owned() }
    }

    /// The source of a schema below this one.
    pub(super) fn below(&self, schema: &Schema) -> Self {
        let citation = schema.citation().or_else(|| self.citation.clone());
        Self { citation, pointer: schema.pointer().to_owned() }
    }

    /// What the rule `keyword` of the schema rests on.
    pub(super) fn citation_of(&self, ledger: &Ledger<'_>, keyword: &str) -> Citation {
        let inherited = self.citation.clone().or_else(|| ledger.citation.cloned());
        inherited.unwrap_or_else(|| ledger.place_in_file(&format!("{}/{keyword}", self.pointer)))
    }
}
