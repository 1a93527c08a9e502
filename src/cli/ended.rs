//! Why a run ended before its plan did, or shows less than it could, and what to do about it.

use crate::config::Settings;
use crate::http::{CertificateFault, Target};
use crate::run::{EndedEarly, Extent, Outcome};

/// What to do where plain valid requests are not accepted, by what the contract asks for.
#[derive(Clone, Debug)]
pub(crate) struct Remedies {
    credential: String,
    known: String,
    /// What stands between us and the target: ` through the proxy …`, or nothing.
    way: String,
}

impl Remedies {
    /// What these settings leave to be given.
    pub(crate) fn of(settings: &Settings) -> Self {
        let proxy = settings.wire.proxy.as_ref();
        let way = proxy.map(|proxy| format!(" through the proxy {}", proxy.label()));
        Self {
            credential: credential(settings),
            known: known(settings),
            way: way.unwrap_or_default(),
        }
    }

    /// What can be said without the settings of the run.
    pub(super) fn of_any() -> Self {
        Self {
            credential: "Check that the credential which the shards were given is valid there"
                .to_owned(),
            known: "give the shards --known".to_owned(),
            way: String::new(),
        }
    }

    /// What to do where the plain valid request to `url` was never accepted, by the status that
    /// came instead.
    fn on(&self, status: Option<u16>, url: &str) -> String {
        match status {
            Some(407) => "A proxy in between asks for a credential: give it with --proxy \
                          http://USER:PASSWORD@HOST:PORT"
                .to_owned(),
            Some(401 | 403) => self.credential.clone(),
            Some(404) => format!(
                "Called was {url}: the contract's path behind --target. Correct the path prefix in \
                 --target"
            ),
            Some(429 | 503) => OVERLOADED.to_owned(),
            None => format!(
                "Called was {url}. See that it is the server's address, and what the server's own log \
                 says of such a request"
            ),
            Some(_) => format!(
                "Called was {url}. Usually the URL is another server's or lacks a path prefix, or \
                 the credential is not valid there. {}",
                self.credential
            ),
        }
    }
}

/// What to do where a server turns requests away for load.
const OVERLOADED: &str =
    "It is throttled or overloaded: try again later, or send less: --rate, --concurrency";

/// Whether a table says more than the one reason for which all of its rules are inconclusive.
pub(super) fn is_worth_a_table(outcome: &Outcome) -> bool {
    let ended = outcome.ended_early.as_ref();
    !ended.is_some_and(EndedEarly::is_before_anything) || outcome.findings().next().is_some()
}

/// One paragraph on why the run ended early, and what to do about what came.
pub(crate) fn explain(why: &EndedEarly, target: &Target, remedies: &Remedies) -> String {
    match why {
        EndedEarly::NotTheApi { answer, status, path } => format!(
            "what answers at {target} is not the documented API: a plain valid request was \
             answered {answer}. Nothing was tested. {}",
            remedies.on(*status, &format!("{target}{path}")),
        ),
        EndedEarly::ControlRefused { status: None, path, .. } => format!(
            "{target} does not answer the plain valid request, so nothing else could be tested. {}",
            remedies.on(None, &format!("{target}{path}")),
        ),
        EndedEarly::ControlRefused { answer, status, path } => format!(
            "{target} refuses the plain valid request: {answer}. Whatever else it refuses proves \
             nothing, so nothing was tested. {}",
            remedies.on(*status, &format!("{target}{path}")),
        ),
        EndedEarly::NotConnected { detail, answered_before: false } => format!(
            "nothing can be sent to {target}{}: {detail}. Nothing was tested. Start the server, or \
             correct the URL",
            remedies.way,
        ),
        EndedEarly::NotConnected { detail, answered_before: true } => format!(
            "{target} can't be reached any more{}: {detail}. What is missing from the table is \
             inconclusive. See why the server went away, and run again",
            remedies.way,
        ),
        EndedEarly::Untrusted { fault, detail, answered_before } => format!(
            "{target} is not trusted: {fault} ({detail}). {} {}",
            if *answered_before {
                "What is missing from the table is inconclusive."
            } else {
                "Nothing was sent, and nothing was tested."
            },
            on_distrust(*fault),
        ),
        EndedEarly::ControlLost { answer, status, path } => format!(
            "{target} accepted the plain valid request at first, and then answered it {answer}, \
             again and again. What was not decided before is inconclusive. {}",
            on_loss(*status, &format!("{target}{path}")),
        ),
        EndedEarly::Unanswered => format!(
            "{target} leaves too many requests without an answer, so the run was given up. The \
             findings say which; a longer --timeout may help where the server is only slow"
        ),
        EndedEarly::Starved => format!(
            "this machine was too busy to hear what {target} answers, so the run was given up: it has \
             too much else to do, or the target floods it. Run again with less beside it, or with a \
             longer --timeout"
        ),
        EndedEarly::RequestsSpent => spent("--max-requests"),
        EndedEarly::TimeSpent => spent("--max-time"),
        EndedEarly::Interrupted => {
            "interrupted. The report shows what was seen until then".to_owned()
        }
        EndedEarly::Shards { detail, .. } => {
            format!("{detail}. What is not known of them is inconclusive: run them again")
        }
    }
}

/// What a run that went to its end could have shown more of; `None` where nothing is missing.
pub(super) fn advise(outcome: &Outcome, remedies: &Remedies) -> Option<String> {
    if outcome.ended_early.is_some() {
        return None;
    }
    if let (0, Extent::Shard(shard)) = (outcome.traffic.requests(), outcome.extent)
        && !outcome.operations.is_empty()
    {
        return Some(format!("nothing was sent: no case of the plan falls to {shard}"));
    }
    if outcome.traffic.requests() == 0 {
        return Some(
            "nothing was sent: no case is left after the selection, or no valid request can be \
             made (see `skipped`)"
                .to_owned(),
        );
    }
    if let Some(EndedEarly::ControlRefused { answer, status, path }) = outcome.refused.first() {
        let (closed, all) = (outcome.refused.len(), outcome.operations.len());
        return Some(format!(
            "{closed} of {all} operations refuse their plain valid request, {path} among them: \
             {answer}. Whatever else they refuse proves nothing, so nothing is shown of them. {}",
            remedies.on(*status, path),
        ));
    }
    let controls = || outcome.operations.iter().map(|operation| operation.controls);
    let is_unknown = controls().any(|controls| controls.accepted == 0 && controls.unknown > 0);
    is_unknown.then(|| {
        format!(
            "a plain valid request was never accepted, since what it names doesn't exist there. \
             What only shows in accepted requests could not be tested; {}",
            remedies.known
        )
    })
}

/// What to do about a certificate.
fn on_distrust(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::UnknownIssuer | CertificateFault::Other => {
            "Give the certificate of its authority with --ca-file, or, where it doesn't matter who \
             answers, --insecure"
        }
        CertificateFault::Authority => {
            "Make it anew as a server's (`openssl req -x509 … -addext basicConstraints=CA:FALSE`) and \
             give it with --ca-file; or, where it doesn't matter who answers, --insecure"
        }
        CertificateFault::Expired | CertificateFault::NotYetValid => {
            "Renew it, or see that this machine's clock is right; where it doesn't matter who \
             answers, --insecure goes on without a check"
        }
        CertificateFault::OtherName => {
            "Use the name it is made out to in --target; where it doesn't matter who answers, \
             --insecure goes on without a check"
        }
        CertificateFault::Revoked => "Have it replaced",
    }
}

/// What to do where the plain valid request to `url` was accepted before.
fn on_loss(status: Option<u16>, url: &str) -> String {
    match status {
        Some(401 | 403 | 407) => {
            "The credential seems to have expired, or to be spent: renew it, and run again"
                .to_owned()
        }
        Some(404) => format!(
            "Called was {url}, which is gone now: see that the path prefix in --target is still \
             served, and run again"
        ),
        Some(429 | 503) => OVERLOADED.to_owned(),
        _ => "Usually the credential has expired, or the server is in trouble: renew the one, \
              see to the other, and run again"
            .to_owned(),
    }
}

fn spent(flag: &str) -> String {
    format!(
        "the run reached {flag} before its plan was done. What was not decided is inconclusive. \
         Give it more, or select less (--rule, --phase)"
    )
}

/// What to do about the credential.
fn credential(settings: &Settings) -> String {
    let mut credentials = settings.operations.iter().flat_map(|operation| &operation.credentials);
    let Some(credential) = credentials.next() else {
        return "The contract asks for no credential; if the server does, give it with -H \
                'NAME: VALUE'"
            .to_owned();
    };
    let (name, prefix) = (&credential.name, credential.prefix);
    let is_given =
        settings.inputs.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    if is_given {
        format!(
            "Check that the {name} given with -H or FENCEPOST_HEADERS is valid there, and not \
             expired"
        )
    } else {
        format!("Give a credential with -H '{name}: {prefix}…', or in FENCEPOST_HEADERS")
    }
}

/// What to do about identifiers.
fn known(settings: &Settings) -> String {
    let mut names: Vec<String> = settings
        .operations
        .iter()
        .flat_map(|operation| &operation.identifiers)
        .map(|identifier| format!("--known {}=…", identifier.name))
        .collect();
    names.dedup();
    if names.is_empty() {
        "see that the examples in the contract name what exists there".to_owned()
    } else {
        format!("give identifiers that exist there with {}", names.join(" "))
    }
}
