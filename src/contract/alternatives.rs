//! A choice among credentials: which alternative is in use, and what is judged of it.

use super::{Credential, Operation, ParameterLocation, Rule};

/// The ways to prove who is calling, where a document leaves a choice.
#[derive(Clone, Debug, Default)]
pub struct Alternatives {
    /// The credentials of each; empty where there is no choice.
    all: Vec<Vec<Credential>>,
    /// The rules of all credentials.
    rules: Vec<Rule>,
}

impl Alternatives {
    /// The credentials of each alternative; none where there is no choice.
    pub fn iter(&self) -> impl Iterator<Item = &[Credential]> {
        self.all.iter().map(Vec::as_slice)
    }
}

impl Operation {
    /// Takes these alternatives, the first of them into use; credentials and rules are those of
    /// all until then.
    pub(super) fn offer(&mut self, alternatives: Vec<Vec<Credential>>) {
        if alternatives.len() < 2 {
            return;
        }
        let is_access = |rule: &&Rule| self.credentials.iter().any(|c| is_of(c, rule));
        let rules = self.rules.iter().filter(is_access).cloned().collect();
        self.alternatives = Alternatives { all: alternatives, rules };
        self.use_alternative(0);
    }

    /// Takes the alternative into use for which most is given: `carries` tells how well what is
    /// given fits a credential, nought where nothing of it is given. The first in doubt.
    pub fn choose(&mut self, carries: impl Fn(&Credential) -> u32) {
        // All of an alternative is worth more than parts of others.
        let worth =
            |credentials: &[Credential]| credentials.iter().map(&carries).min().unwrap_or_default();
        let mut best = (0, 0);
        for (index, credentials) in self.alternatives.iter().enumerate() {
            let worth = worth(credentials);
            if worth > best.1 {
                best = (index, worth);
            }
        }
        if best.1 > 0 {
            self.use_alternative(best.0);
        }
    }

    /// Whether a header, a query parameter or a cookie of this name proves who is calling in an
    /// alternative that is not in use: beside the one that is, it would hide what that is worth.
    pub(crate) fn is_of_another_alternative(&self, is_it: impl Fn(&Credential) -> bool) -> bool {
        !self.credentials.iter().any(&is_it) && self.alternatives.iter().flatten().any(is_it)
    }

    fn use_alternative(&mut self, index: usize) {
        let Some(credentials) = self.alternatives.all.get(index).cloned() else { return };
        let is_access = |rule: &Rule| self.alternatives.rules.iter().any(|held| held.id == rule.id);
        let first = self.rules.iter().position(is_access).unwrap_or(self.rules.len());
        self.rules.retain(|rule| !self.alternatives.rules.iter().any(|held| held.id == rule.id));
        let is_used = |rule: &&Rule| credentials.iter().any(|c| is_of(c, rule));
        let used: Vec<Rule> = self.alternatives.rules.iter().filter(is_used).cloned().collect();
        self.rules.splice(first..first, used);
        self.credentials = credentials;
    }
}

impl Credential {
    /// Whether a header of this name carries the credential as it is given: one in the query is
    /// given as a header too, and so is a cookie by its own name.
    pub fn is_given_as(&self, header: &str) -> bool {
        match self.location {
            ParameterLocation::Header => self.name.eq_ignore_ascii_case(header),
            ParameterLocation::Query | ParameterLocation::Cookie => self.name == header,
            ParameterLocation::Path => false,
        }
    }

    /// Where its rules are: `header.X-Auth-Token`.
    pub fn location_name(&self) -> String {
        format!("{}.{}", self.location.as_str(), self.name)
    }
}

fn is_of(credential: &Credential, rule: &Rule) -> bool {
    rule.id.location() == credential.location_name()
}
