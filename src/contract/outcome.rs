//! What the contract says a violation is answered with.

use super::extension::OutcomeEntry;

/// The documented outcome of a violation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The statuses; `None` where any documented refusing status will do.
    pub status: Option<Vec<u16>>,
    /// The codes; `None` where the contract has no codes or leaves them open.
    pub code: Option<Vec<String>>,
    /// Codes that refuse it for a reason that another source allows: a warning.
    pub tolerated: Vec<String>,
    /// Any refusal will do: status, code and shape are open.
    pub any: bool,
}

impl Outcome {
    /// Lays the entries that fit `keyword` at `location` over each other.
    pub fn of(entries: &[OutcomeEntry], location: &str, keyword: &str) -> Self {
        let mut outcome = Self::default();
        for entry in entries.iter().filter(|entry| entry.fits(location, keyword)) {
            if entry.status.is_some() {
                outcome.status.clone_from(&entry.status);
            }
            if entry.code.is_some() {
                outcome.code.clone_from(&entry.code);
            }
            if let Some(tolerated) = &entry.tolerated {
                outcome.tolerated.clone_from(tolerated);
            }
            outcome.any = entry.any.unwrap_or(outcome.any);
        }
        outcome
    }
}

impl OutcomeEntry {
    fn fits(&self, location: &str, keyword: &str) -> bool {
        let below = |prefix: &String| {
            location
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        (self.at.is_empty() || self.at.iter().any(below))
            && (self.keyword.is_empty() || self.keyword.iter().any(|word| word == keyword))
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, OutcomeEntry};

    #[test]
    fn a_later_entry_refines_an_earlier_one_member_by_member() {
        let entries = [
            OutcomeEntry {
                at: vec!["body".into()],
                code: Some(vec!["BAD".into()]),
                status: Some(vec![400]),
                ..OutcomeEntry::default()
            },
            OutcomeEntry {
                at: vec!["body.user_id".into()],
                keyword: vec!["maxLength".into()],
                tolerated: Some(vec!["UNKNOWN".into()]),
                ..OutcomeEntry::default()
            },
        ];
        let length = Outcome::of(&entries, "body.user_id", "maxLength");
        assert_eq!(length.code.as_deref(), Some(&["BAD".to_owned()][..]));
        assert_eq!(length.tolerated, ["UNKNOWN"]);
        assert!(Outcome::of(&entries, "body.user_id", "type").tolerated.is_empty());
        assert_eq!(Outcome::of(&entries, "body.user_identity", "maxLength").tolerated, [""; 0]);
        assert_eq!(Outcome::of(&entries, "header.X", "required"), Outcome::default());
    }
}
