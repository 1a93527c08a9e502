//! Runs of the engine inside a test, against any server or the contract's own stub.

use std::time::Duration;

use fencepost::case::FieldValue;
use fencepost::contract::Contract;
use fencepost::generate::{Inputs, Seed};
use fencepost::http::{Client, ClientOptions, Target};
use fencepost::run::{Outcome, RunPlan, RunSettings, Silent};
use fencepost::stub::{Stub, StubOptions};

/// The token of stubs that are started here.
const STUB_TOKEN: &str = "Stub-Token-kx72";

/// The contract that is tested unless a test names another.
pub(crate) fn koophone() -> Contract {
    Contract::builtin("koophone").expect("is built in")
}

/// The inputs of a run with this seed, which proves itself by `token` wherever the contract asks.
pub(crate) fn inputs(contract: &Contract, token: &str, seed: u64) -> Inputs {
    let value = || FieldValue::Secret { value: token.to_owned(), shell: "$TOKEN".to_owned() };
    let credentials = contract.operations.iter().flat_map(|operation| &operation.credentials);
    Inputs {
        seed: Seed(seed),
        headers: credentials.map(|credential| (credential.name.clone(), value())).collect(),
        credential_in_url: true,
        ..Inputs::default()
    }
}

/// The plan of all operations.
pub(crate) fn plan(contract: &Contract, inputs: Inputs, settings: &RunSettings) -> RunPlan {
    RunPlan::new(&contract.name, contract.operations.clone(), inputs, settings)
}

/// Runs a plan against the server at `uri`, waiting no longer than `timeout` for an answer.
pub(crate) fn run(plan: &RunPlan, uri: &str, settings: &RunSettings, timeout: Duration) -> Outcome {
    runtime().block_on(send(plan, uri, settings, timeout))
}

/// Runs a contract with its own stub.
pub(crate) fn with_stub(contract: &Contract, seed: u64) -> Outcome {
    let settings = RunSettings::default();
    let plan = plan(contract, inputs(contract, STUB_TOKEN, seed), &settings);
    let tokens = vec![STUB_TOKEN.to_owned()];
    let options = StubOptions { tokens, ..StubOptions::default() };
    runtime().block_on(async {
        let stub = Stub::start(contract, options).await.expect("a free port");
        send(&plan, &stub.uri(), &settings, Duration::from_secs(10)).await
    })
}

/// A runtime of one thread.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts")
}

/// Runs a plan against the server at `uri`.
pub(crate) async fn send(
    plan: &RunPlan,
    uri: &str,
    settings: &RunSettings,
    timeout: Duration,
) -> Outcome {
    let target = Target::parse(uri).expect("is a target");
    let options = ClientOptions { timeout, ..ClientOptions::new(target) };
    let client = Client::new(options).expect("a client");
    plan.run(&client, settings, &mut Silent).await.expect("its schemas compile")
}
