//! Objects with one member twice: whichever a server uses, what it uses obeys the limits.

use serde_json::Value;

use super::bench::{Bench, Block};
use super::body::replace;
use super::draft::Draft;
use super::reach;
use super::sites::Site;
use super::syntax::sites_of_text;
use crate::case::{Expectation, Member, Phase, Scenario};
use crate::contract::{Place, Step};
use crate::generate::text;

/// One block for each member of the body that is a text with a limit, or a list of such. Lists
/// come first: what answers say of them shows which of two members a server uses.
pub(crate) fn blocks(bench: &Bench<'_>, template: &Value) -> Vec<Block> {
    let mut sites = sites_of_text(bench);
    sites.sort_by_key(|site| site.list().is_none());
    sites.iter().filter_map(|site| block(bench, template, site)).collect()
}

fn block(bench: &Bench<'_>, template: &Value, site: &Site) -> Option<Block> {
    let most = reach::longest(&site.schema)?;
    let ([Step::Member(name)] | [Step::Member(name), Step::Items]) = site.place.steps() else {
        return None;
    };
    let legal = template.as_object()?.get(name)?;
    let mut rng = bench.rng(&format!("twice/{name}"));
    let long = text::alphanumeric(&mut rng, most + 1);
    let with = |value: Value| bench.body_with(&site.place, 0, value).get(name).cloned();
    let offending = with(long.into())?;
    let whole = replace(template, &Place::body().member(name), 0, offending.clone());
    if !bench.breaks(&whole, &site.place, "maxLength") {
        return None;
    }
    let other = match bench.known_at(&site.place) {
        [_, other, ..] if site.list().is_some() => with(other.clone().into())?,
        _ => legal.clone(),
    };
    let mut block = bench.block(Phase::Coverage, format!("body.{name} twice"));
    let twice = |first: &Value, second: &Value| {
        let mut members = Vec::new();
        for (held, value) in template.as_object().into_iter().flatten() {
            let key = Value::from(held.as_str());
            if held == name {
                members.push(format!("{key}:{first},{key}:{second}"));
            } else {
                members.push(format!("{key}:{value}"));
            }
        }
        format!("{{{}}}", members.join(","))
    };
    let draft = |intent: &str| {
        let intent = format!("{name} twice, {intent}");
        Draft::new(Scenario::DuplicateMember, &"body", "duplicateMembers", intent).at(&site.place)
    };
    block.bytes(draft("both legal"), twice(legal, &other));
    let mut first = draft("the first too long");
    first.expectation = Expectation::NotBothAccepted(Member::First);
    let first = block.bytes(first, twice(&offending, legal));
    let mut last = draft("the last too long").twin(&first);
    last.expectation = Expectation::NotBothAccepted(Member::Last);
    block.bytes(last, twice(legal, &offending));
    block.finish()
}
