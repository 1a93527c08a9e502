//! Mislabelling bugs to plant, each of which the proof of labels must find.

macro_rules! bugs {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A way to get a label wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Bug { $($(#[doc = $doc])+ $name,)+ }

        impl Bug {
            /// Every bug.
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

bugs! {
    /// A string "above" the limit has exactly the limit's length.
    MaxLengthOffByOne,
    /// A string "below" the minimum has exactly the minimum's length.
    MinLengthOffByOne,
    /// Lengths are counted in bytes.
    LengthInBytes,
    /// A valid string has one character too many, now and then.
    ValidTooLong,
    /// A too long string forgets the pattern.
    TooLongBreaksPattern,
    /// A string "outside" the pattern is inside.
    PatternKept,
    /// A near miss of a format hits.
    FormatKept,
    /// A value "outside" an enumeration is of another type.
    EnumOfOtherType,
    /// A value "outside" an enumeration is one of it.
    EnumKept,
    /// A wrong type is another type that is allowed.
    TypeStillAllowed,
    /// A number above `maximum` is at it.
    MaximumIsExclusive,
    /// A number at `exclusiveMaximum` is below it.
    ExclusiveMaximumBelow,
    /// A number between two multiples is one.
    MultipleOfKept,
    /// A list "above" the limit is full.
    MaxItemsOffByOne,
    /// A list above the limit repeats entries where none may repeat.
    TooManyRepeat,
    /// A list "below" the minimum has the minimum.
    MinItemsOffByOne,
    /// Entries "repeated" are not.
    RepeatedDiffer,
    /// A missing member is set to null.
    MissingIsNull,
    /// An unexpected member has the name of an expected one.
    UnexpectedIsNamed,
    /// The twin breaks the rule too.
    TwinBroken,
    /// Beside the rule, a second place is changed.
    SecondChange,
}

#[cfg(test)]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Whether the bug is planted in this thread; never outside the crate's own tests.
#[cfg(test)]
pub(super) fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether the bug is planted; never outside the crate's own tests.
#[cfg(not(test))]
pub(super) const fn is(_: Bug) -> bool {
    false
}

/// Plants a bug in this thread, or digs it out.
#[cfg(test)]
fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

#[cfg(test)]
mod tests {
    use super::{Bug, plant};
    use crate::generate::value::Texts;
    use crate::generate::value::proof::{prove, schemas};

    #[test]
    #[expect(clippy::print_stdout, reason = "shows what gave each bug away")]
    fn the_proof_of_labels_finds_every_planted_bug() {
        let mut missed = Vec::new();
        for bug in Bug::ALL {
            plant(Some(*bug));
            let lie =
                schemas().iter().find_map(|(_, schema)| prove(schema, Texts::Plain, 24, 0).err());
            plant(None);
            match lie {
                Some(lie) => println!("{bug:?}: {}", lie.chars().take(160).collect::<String>()),
                None => missed.push(bug),
            }
        }
        assert!(missed.is_empty(), "not found: {missed:?}");
    }

    #[test]
    fn without_a_bug_the_proof_holds() {
        for (name, schema) in schemas() {
            assert_eq!(prove(&schema, Texts::Plain, 8, 0).err(), None, "{name}");
        }
    }
}
