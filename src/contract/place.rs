//! A place inside a JSON body, for all positions of a list at once.

use std::fmt;

use serde_json::Value;

use super::Node;
use super::reference::unescape;

/// One step down into a JSON value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into the member of this name.
    Member(String),
    /// Into the entries of a list, whichever.
    Items,
}

/// A place inside a body: `body`, `body.user_id`, `body.instance_ids/items`,
/// `response.data.status_list/items.status`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    root: &'static str,
    steps: Vec<Step>,
}

impl Place {
    /// The request's whole body.
    pub fn body() -> Self {
        Self { root: "body", steps: Vec::new() }
    }

    /// The answer's whole body.
    pub fn response() -> Self {
        Self { root: "response", steps: Vec::new() }
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The member `name` of this place.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.then(Step::Member(name.to_owned()))
    }

    /// The entries of the list at this place.
    #[must_use]
    pub fn items(&self) -> Self {
        self.then(Step::Items)
    }

    /// The place that this one is part of; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.steps.split_last()?;
        Some(Self { root: self.root, steps: above.to_vec() })
    }

    /// The place that a JSON pointer into `instance` stands for: `/instance_ids/3` is
    /// `body.instance_ids/items`.
    pub fn of_pointer(root: &Self, instance: &Value, pointer: &str) -> Self {
        let mut place = root.clone();
        let mut value = Some(instance);
        for token in pointer.split('/').skip(1) {
            let token = unescape(token);
            place = match value {
                Some(Value::Array(_)) => place.items(),
                _ => place.member(&token),
            };
            value = value.and_then(|value| match value {
                Value::Array(entries) => entries.get(token.parse::<usize>().ok()?),
                Value::Object(members) => members.get(&*token),
                _ => None,
            });
        }
        place
    }

    /// All values that stand at this place of `instance`, in order.
    pub fn values<'v>(&self, instance: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![instance];
        for step in &self.steps {
            found = match step {
                Step::Member(name) => found.into_iter().filter_map(|v| v.get(name)).collect(),
                Step::Items => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            };
        }
        found
    }

    /// Whether some value stands at this place of `instance`.
    pub fn is_in(&self, instance: Node<'_>) -> bool {
        is_below(&self.steps, instance)
    }

    /// Whether some value at this place of `instance` is such a one.
    pub(crate) fn any(&self, instance: &Value, is_one: &dyn Fn(&Value) -> bool) -> bool {
        any_below(&self.steps, instance, is_one)
    }

    /// The value at this place of `instance`, for change: the entry at `index` wherever the way
    /// leads through a list.
    pub fn value_mut<'v>(&self, instance: &'v mut Value, index: usize) -> Option<&'v mut Value> {
        self.steps.iter().try_fold(instance, |value, step| match step {
            Step::Member(name) => value.get_mut(name),
            Step::Items => value.get_mut(index),
        })
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { root: self.root, steps }
    }
}

fn any_below(steps: &[Step], value: &Value, is_one: &dyn Fn(&Value) -> bool) -> bool {
    match steps.split_first() {
        None => is_one(value),
        Some((Step::Member(name), rest)) => {
            value.get(name).is_some_and(|v| any_below(rest, v, is_one))
        }
        Some((Step::Items, rest)) => value
            .as_array()
            .is_some_and(|entries| entries.iter().any(|v| any_below(rest, v, is_one))),
    }
}

fn is_below(steps: &[Step], value: Node<'_>) -> bool {
    match steps.split_first() {
        None => true,
        Some((Step::Member(name), rest)) => value.get(name).is_some_and(|v| is_below(rest, v)),
        Some((Step::Items, rest)) => {
            value.entries().is_some_and(|mut entries| entries.any(|v| is_below(rest, v)))
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root)?;
        for step in &self.steps {
            match step {
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Items => f.write_str("/items")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Place;
    use crate::contract::Tape;

    #[test]
    fn a_pointer_into_a_list_stands_for_all_its_entries() {
        let body = json!({"instance_ids": ["a", "b"]});
        let place = Place::of_pointer(&Place::body(), &body, "/instance_ids/1");
        assert_eq!(place.to_string(), "body.instance_ids/items");
        assert_eq!(place.values(&body), [&json!("a"), &json!("b")]);
        let is_in = |place: &Place, body: &serde_json::Value| {
            place.is_in(Tape::read(body.to_string().into()).expect("is JSON").root())
        };
        assert!(is_in(&place, &body));
        assert!(!is_in(&place.member("x"), &body));
        assert!(!is_in(&place, &json!({"instance_ids": []})));
    }
}
