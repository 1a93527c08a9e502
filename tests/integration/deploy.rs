//! The manifests that are shipped: their parts fit each other, and their commands do what they say.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::opponents::{Opponent, TOKEN, Traits, faults};

/// A container as the cluster starts it.
struct Container<'m> {
    spec: &'m Value,
    config: &'m Value,
}

impl Container<'_> {
    /// Its variables; those that only a cluster knows are given.
    fn variables(&self, index: Option<usize>, secret: &str) -> BTreeMap<String, String> {
        let rows = self.spec["env"].as_array().expect("a list").iter();
        rows.map(|row| {
            let from = &row["valueFrom"];
            let value = if let Some(value) = row["value"].as_str() {
                value.to_owned()
            } else if let Some(key) = from["configMapKeyRef"]["key"].as_str() {
                self.config[key].as_str().expect("is in the map").to_owned()
            } else if from["fieldRef"]["fieldPath"].is_string() {
                index.expect("is one of a Job's").to_string()
            } else {
                assert_eq!(from["secretKeyRef"]["name"], "fencepost");
                secret.to_owned()
            };
            (row["name"].as_str().expect("a text").to_owned(), value)
        })
        .collect()
    }

    /// Starts its command with the directory in the place of `/reports`.
    fn start(&self, directory: &Path, variables: &BTreeMap<String, String>) -> Child {
        assert_eq!(self.spec["command"], serde_json::json!(["sh", "-c"]));
        let script = self.spec["args"][0].as_str().expect("a text");
        let script = script.replace("/reports", directory.to_str().expect("is UTF-8"));
        start(&script, directory, variables)
    }
}

fn start(script: &str, directory: &Path, variables: &BTreeMap<String, String>) -> Child {
    let program = Path::new(env!("CARGO_BIN_EXE_fencepost")).parent().expect("a directory");
    let path = format!("{}:/usr/bin:/bin", program.display());
    Command::new("/bin/sh")
        .args(["-c", script])
        .current_dir(directory)
        .env_clear()
        .env("PATH", path)
        .envs(variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts")
}

/// How a process ended, and what it said.
fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("ends");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("is UTF-8"))
}

fn documents(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("is there");
    let parts = text.split("\n---\n");
    parts.map(|part| serde_saphyr::from_str(part).expect("is YAML")).collect()
}

fn directory(name: &str) -> PathBuf {
    let name = format!("fencepost-deploy-{}-{name}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory).expect("is made");
    directory
}

#[test]
fn the_jobs_of_the_manifest_agree_on_the_shards_and_are_confined() {
    let manifest = documents("deploy/kubernetes.yaml");
    let kinds: Vec<&Value> = manifest.iter().map(|document| &document["kind"]).collect();
    assert_eq!(kinds, ["ConfigMap", "PersistentVolumeClaim", "Job", "Job"]);
    let [_, claim, shards, merge] = &manifest[..] else { panic!("four documents") };
    let spec = &shards["spec"];
    assert_eq!(spec["completionMode"], "Indexed");
    assert_eq!(spec["completions"], spec["parallelism"]);
    let total = spec["completions"].to_string();
    for job in [shards, merge] {
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(pod["restartPolicy"], "Never");
        assert_eq!(pod["automountServiceAccountToken"], false);
        let volume = &pod["volumes"][0];
        assert_eq!(volume["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"]);
        let init = pod["initContainers"].as_array();
        for container in init.into_iter().chain(pod["containers"].as_array()).flatten() {
            assert!(container["resources"]["limits"]["memory"].is_string());
            assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
            assert_eq!(container["volumeMounts"][0]["name"], volume["name"]);
            let env = container["env"].as_array().expect("a list");
            let of = env.iter().find(|row| row["name"] == "FENCEPOST_SHARD_TOTAL");
            assert!(of.is_none_or(|row| row["value"] == *total));
        }
    }
    // A token stands in no file.
    assert!(!manifest.iter().any(|document| document["kind"] == "Secret"));
}

#[test]
fn the_commands_of_the_manifest_test_in_shards_and_merge() {
    let manifest = documents("deploy/kubernetes.yaml");
    let pod = |at: usize| &manifest[at]["spec"]["template"]["spec"];
    let container = |spec| Container { spec, config: &manifest[0]["data"] };
    let shard = container(&pod(2)["containers"][0]);
    let (wait, merge) =
        (container(&pod(3)["initContainers"][0]), container(&pod(3)["containers"][0]));
    let fault = faults().find(|fault| fault.rules[0].ends_with("instance_ids/maxItems"));
    for (traits, code) in [(Traits::FAITHFUL, 0), (fault.expect("is there").traits, 1)] {
        let opponent = Opponent::start(traits);
        let directory = directory(&format!("kubernetes-{code}"));
        // The merge may be started first.
        let waiting = wait.start(&directory, &wait.variables(None, ""));
        let count = manifest[2]["spec"]["completions"].as_u64().expect("a number");
        let running: Vec<Child> = (0..usize::try_from(count).expect("are few"))
            .map(|index| {
                let secret = format!("X-Auth-Token: {TOKEN}");
                let mut variables = shard.variables(Some(index), &secret);
                variables.insert("FENCEPOST_TARGET".to_owned(), opponent.uri().to_owned());
                shard.start(&directory, &variables)
            })
            .collect();
        for child in running {
            let (code, said) = ended(child);
            assert_eq!(code, Some(0), "{said}");
            assert!(said.contains("counted from 0") && !said.contains(TOKEN), "{said}");
        }
        assert_eq!(ended(waiting).0, Some(0));
        let (ended, said) = ended(merge.start(&directory, &merge.variables(None, "")));
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.contains("4 shards"), "{said}");
        assert!(directory.join("fencepost.json").exists());
        fs::remove_dir_all(&directory).expect("is ours");
    }
}

#[test]
fn the_commands_of_the_workflow_test_in_shards_and_merge() {
    let workflow = &documents(".github/workflows/sharded.yml")[0];
    let job = |name: &str| &workflow["jobs"][name];
    assert_eq!(job("merge")["if"], "always()");
    assert_eq!(job("shard")["strategy"]["fail-fast"], false);
    let script = |of: &str| {
        let steps = job(of)["steps"].as_array().expect("a list");
        let step = steps.iter().find(|step| step["run"].is_string()).expect("runs something");
        assert_eq!(step["shell"], "sh");
        step["run"].as_str().expect("a text").to_owned()
    };
    let opponent = Opponent::start(Traits::FAITHFUL);
    let directory = directory("workflow");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_fencepost"), directory.join("fencepost"))
        .expect("is made");
    let shards = job("shard")["strategy"]["matrix"]["shard"].as_array().expect("a list");
    // What GitHub would put in the place of its expressions.
    let variables = |index: &Value| {
        let env = job("shard")["env"].as_object().expect("an object").iter();
        env.map(|(name, value)| {
            let value = match value.as_str().expect("a text") {
                "${{ secrets.FENCEPOST_TARGET }}" => opponent.uri().to_owned(),
                "${{ secrets.FENCEPOST_HEADERS }}" => format!("X-Auth-Token: {TOKEN}"),
                "${{ matrix.shard }}/${{ strategy.job-total }}" => {
                    format!("{index}/{}", shards.len())
                }
                "${{ github.run_id }}" => "12345678901".to_owned(),
                "${{ inputs.cases }}" => "40".to_owned(),
                plain => plain.to_owned(),
            };
            assert!(!value.contains("${{"), "{value}");
            (name.clone(), value)
        })
        .collect::<BTreeMap<_, _>>()
    };
    for index in shards {
        let (code, said) = ended(start(&script("shard"), &directory, &variables(index)));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("shard {index} of 4 (FENCEPOST_SHARD")), "{said}");
    }
    let none = BTreeMap::new();
    let (code, said) = ended(start(&script("merge"), &directory, &none));
    assert_eq!(code, Some(0), "{said}");
    // The last two machines went away.
    for lost in ["shard-3.ndjson", "shard-4.ndjson"] {
        fs::remove_file(directory.join(lost)).expect("was written");
    }
    let (code, said) = ended(start(&script("merge"), &directory, &none));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("shard 3 of 4 is missing; shard 4 of 4 is missing"), "{said}");
    fs::remove_dir_all(&directory).expect("is ours");
}
