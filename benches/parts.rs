//! What planning, generating and checking cost, each by itself: `cargo bench --bench parts`.

use std::sync::Arc;
use std::time::Duration;

use divan::{Bencher, black_box};
use fencepost::case::{Case, Phase};
use fencepost::check::{Exchange, Oracle, judge};
use fencepost::contract::{Contract, Operation};
use fencepost::generate::{Inputs, Recipe, Seed, Texts, plan};
use fencepost::http::{Answer, Interaction};
use serde_json::json;

fn main() {
    divan::main();
}

fn operation() -> Arc<Operation> {
    let contract = Contract::builtin("koophone").expect("is built in");
    Arc::clone(&contract.operations[0])
}

/// A body of 100 strings of any characters, about 3.6 KB.
#[divan::bench]
fn generate_a_full_body(bencher: Bencher<'_, '_>) {
    let operation = operation();
    let recipe = Recipe::new(&operation.body.as_ref().expect("has one").schema).expect("is simple");
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        recipe.valid_of(Texts::Any, &mut Seed(7).rng("bench", "full", number))
    });
}

#[divan::bench]
fn plan_the_built_in_contract(bencher: Bencher<'_, '_>) {
    let (operation, inputs) = (operation(), Inputs::default());
    bencher.bench(|| plan(black_box(&operation), &inputs).map(|plan| plan.requests()));
}

/// A block of 300 random cases.
#[divan::bench]
fn make_a_random_block(bencher: Bencher<'_, '_>) {
    let inputs = Inputs { phases: vec![Phase::Fuzzing], ..Inputs::default() };
    let plan = plan(&operation(), &inputs).expect("can be planned");
    bencher.bench(|| plan.blocks().map(|block| block.requests()).sum::<usize>());
}

/// All checks on an accepting answer with this many entries.
#[divan::bench(args = [1, 20, 100])]
fn check_an_answer(bencher: Bencher<'_, '_>, entries: usize) {
    let operation = operation();
    let oracle = Oracle::new(Arc::clone(&operation), &["Bench-Token-kx72".to_owned()]);
    let oracle = oracle.expect("its schemas compile");
    let inputs = Inputs { phases: vec![Phase::Examples], ..Inputs::default() };
    let plan = plan(&operation, &inputs).expect("can be planned");
    let control = plan.blocks().next().expect("has examples").control.clone();
    let ids: Vec<String> = (0..entries).map(|entry| format!("instance{entry}")).collect();
    let asked = json!({"user_id": "1008600000104285462", "instance_ids": ids});
    let mut request = control.request.clone();
    request.body = Some(asked.to_string().into());
    let case = Case { request, body: Some(asked), ..control };
    let list: Vec<_> = ids.iter().map(|id| json!({"instance_id": id, "status": 1})).collect();
    let body = json!({"error_code": "0", "error_msg": "ok", "data": {"status_list": list}});
    let mut answer = Answer { status: 200, body: body.to_string().into(), ..Answer::default() };
    answer.headers.insert("content-type", "application/json".parse().expect("is a value"));
    let interaction = Interaction { result: Ok(answer), elapsed: Duration::from_millis(1) };
    bencher.bench(|| {
        let reading = oracle.read(black_box(&interaction));
        let breaches = oracle.breaches(&case, &interaction, &reading);
        let exchange =
            Exchange { oracle: &oracle, case: &case, interaction: &interaction, reading: &reading };
        judge(&exchange, None, &breaches)
    });
}
