//! Names that are nearly right: which one was meant?

/// The names nearest to `wrong`, at most three, nearest first; none where nothing is near.
pub(super) fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let limit = 2 + wrong.chars().count() / 3;
    let mut near: Vec<_> = names
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `did you mean `a` or `b`?`, or the names there are where none is near.
pub(super) fn hint<'n>(
    wrong: &str,
    names: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
) -> String {
    let names = names.into_iter();
    let near = nearest(wrong, names.clone());
    if !near.is_empty() {
        return format!("did you mean {}?", list(&near, " or "));
    }
    let mut all: Vec<_> = names.collect();
    all.dedup();
    match all.len() {
        0 => "there is none".to_owned(),
        1..=12 => format!("there are {}", list(&all, " and ")),
        count => format!("there are {} and {} more", list(&all[..12], ", "), count - 12),
    }
}

fn list(names: &[&str], last: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{}{last}{end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Levenshtein's distance, in characters; adjacent letters in the wrong order count as one.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<_>, Vec<_>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 60 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(from != to);
            let mut cost = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && left[row - 1] == *to && right[column - 1] == *from;
            if swapped {
                cost = cost.min(before[column - 1] + 1);
            }
            current.push(cost);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, hint};

    #[test]
    fn letters_in_the_wrong_order_are_one_slip() {
        assert_eq!(distance("maxLenght", "maxLength"), 1);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn a_near_name_is_offered_and_otherwise_all() {
        assert_eq!(hint("envelop", ["envelope", "citation"]), "did you mean `envelope`?");
        assert_eq!(hint("zzzzzz", ["a", "b"]), "there are `a` and `b`");
    }
}
