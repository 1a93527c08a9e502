//! Which part of a run this process is to send, as a flag or the environment says.

use std::fmt;

use super::ConfigError;
use crate::generate::Shard;

/// The variables that may name a shard; empty ones count as absent.
#[derive(Clone, Debug, Default)]
pub struct ShardVariables {
    /// `FENCEPOST_SHARD`: `2/3`, as `--shard`.
    pub shard: Option<String>,
    /// `CI_NODE_INDEX`, counted from 1.
    pub ci_index: Option<String>,
    /// `CI_NODE_TOTAL`.
    pub ci_total: Option<String>,
    /// `JOB_COMPLETION_INDEX` of an indexed Kubernetes job, counted from 0.
    pub job_index: Option<String>,
    /// `FENCEPOST_SHARD_TOTAL`.
    pub job_total: Option<String>,
}

/// A shard of several, with who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedShard {
    /// The shard.
    pub shard: Shard,
    /// The flag or variables that name it.
    pub source: &'static str,
    /// Whether shards count from 0 or from 1 there.
    pub first: u32,
}

impl fmt::Display for NamedShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, counted from {})", self.shard, self.source, self.first)
    }
}

impl ShardVariables {
    /// The shard that the flag names, else the variables, the first that are set; `None` where the
    /// run isn't split.
    ///
    /// # Errors
    /// If variables name no shard.
    pub fn resolve(&self, flag: Option<Shard>) -> Result<Option<NamedShard>, ConfigError> {
        let named = |shard: Shard, source, first| {
            Ok((shard.of() > 1).then_some(NamedShard { shard, source, first }))
        };
        if let Some(shard) = flag {
            return named(shard, "--shard", 1);
        }
        if let Some(text) = &self.shard {
            let source = "FENCEPOST_SHARD";
            let shard =
                text.parse().map_err(|error| ConfigError::Shard { source_name: source, error })?;
            return named(shard, source, 1);
        }
        let ci = Pair {
            names: ["CI_NODE_INDEX", "CI_NODE_TOTAL"],
            source: "CI_NODE_INDEX and CI_NODE_TOTAL",
            first: 1,
        };
        if let Some(shard) = ci.shard(self.ci_index.as_deref(), self.ci_total.as_deref())? {
            return Ok(Some(shard));
        }
        let job = Pair {
            names: ["JOB_COMPLETION_INDEX", "FENCEPOST_SHARD_TOTAL"],
            source: "JOB_COMPLETION_INDEX and FENCEPOST_SHARD_TOTAL",
            first: 0,
        };
        job.shard(self.job_index.as_deref(), self.job_total.as_deref())
    }
}

impl ShardVariables {
    /// A variable that numbers this process and the one that would say among how many, where that one is
    /// not set: then every process sends the whole run.
    pub fn lone_index(&self) -> Option<[&'static str; 2]> {
        if self.shard.is_some() {
            return None;
        }
        [
            (&self.ci_index, &self.ci_total, ["CI_NODE_INDEX", "CI_NODE_TOTAL"]),
            (&self.job_index, &self.job_total, ["JOB_COMPLETION_INDEX", "FENCEPOST_SHARD_TOTAL"]),
        ]
        .into_iter()
        .find_map(|(index, total, names)| (index.is_some() && total.is_none()).then_some(names))
    }
}

/// Two variables that name a shard together.
struct Pair {
    names: [&'static str; 2],
    source: &'static str,
    first: u32,
}

impl Pair {
    /// The shard; none without a total, which alone says that the work is split, and none where the
    /// total is 1.
    fn shard(
        &self,
        index: Option<&str>,
        total: Option<&str>,
    ) -> Result<Option<NamedShard>, ConfigError> {
        let [index_name, total_name] = self.names;
        let Some(total) = total else { return Ok(None) };
        let total = number(total_name, total)?;
        if total == 1 {
            return Ok(None);
        }
        let missing = ConfigError::NoShardIndex { index: index_name, total: total_name };
        let index = number(index_name, index.ok_or(missing)?)?;
        let shard = Shard::new(index, total, self.first)
            .map_err(|error| ConfigError::Shard { source_name: self.source, error })?;
        Ok(Some(NamedShard { shard, source: self.source, first: self.first }))
    }
}

fn number(name: &'static str, text: &str) -> Result<u64, ConfigError> {
    let text = text.trim();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| ConfigError::NotANumber { name, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::ShardVariables;

    fn resolved(
        flag: Option<&str>,
        shard: &str,
        ci: [&str; 2],
        job: [&str; 2],
    ) -> Result<String, String> {
        let set = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let variables = ShardVariables {
            shard: set(shard),
            ci_index: set(ci[0]),
            ci_total: set(ci[1]),
            job_index: set(job[0]),
            job_total: set(job[1]),
        };
        let flag = flag.map(|text| text.parse().expect("is a shard"));
        let named = variables.resolve(flag).map_err(|error| error.to_string())?;
        Ok(named.map_or_else(|| "whole".to_owned(), |named| named.to_string()))
    }

    #[test]
    fn the_flag_comes_first_then_our_variable_then_the_ci_then_the_cluster() {
        let (ci, job, no) = (["2", "4"], ["0", "5"], ["", ""]);
        for (flag, shard, ci, job, expected) in [
            (Some("1/2"), "2/3", ci, job, "shard 1 of 2 (--shard, counted from 1)"),
            (None, "2/3", ci, job, "shard 2 of 3 (FENCEPOST_SHARD, counted from 1)"),
            (None, "", ci, job, "shard 2 of 4 (CI_NODE_INDEX and CI_NODE_TOTAL, counted from 1)"),
            (
                None,
                "",
                no,
                job,
                "shard 1 of 5 (JOB_COMPLETION_INDEX and FENCEPOST_SHARD_TOTAL, counted from 0)",
            ),
            (None, "", no, no, "whole"),
            // What GitLab sets where nothing is split, and Kubernetes in any indexed job.
            (None, "", ["", "1"], no, "whole"),
            (None, "", no, ["3", ""], "whole"),
            // A word of ours is the last one.
            (None, "1/1", ci, job, "whole"),
        ] {
            assert_eq!(resolved(flag, shard, ci, job).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_number_without_a_total_is_told_of() {
        let set = |text: &str| Some(text.to_owned());
        let ci = ShardVariables { ci_index: set("2"), ..ShardVariables::default() };
        assert_eq!(ci.lone_index(), Some(["CI_NODE_INDEX", "CI_NODE_TOTAL"]));
        let job = ShardVariables { job_index: set("0"), ..ShardVariables::default() };
        assert_eq!(job.lone_index(), Some(["JOB_COMPLETION_INDEX", "FENCEPOST_SHARD_TOTAL"]));
        let whole = ShardVariables { shard: set("1/1"), ..job };
        assert_eq!(whole.lone_index(), None, "said on purpose");
        let both = ShardVariables { ci_total: set("3"), ..ci };
        assert_eq!(both.lone_index(), None);
    }

    #[test]
    fn what_names_no_shard_says_which_variable_to_mend() {
        let no = ["", ""];
        for (shard, ci, job, words) in [
            ("3", no, no, ["FENCEPOST_SHARD", "1/3"]),
            ("4/3", no, no, ["FENCEPOST_SHARD", "1 to 3"]),
            ("", ["0", "3"], no, ["CI_NODE_INDEX", "1 to 3"]),
            ("", ["x", "3"], no, ["CI_NODE_INDEX", "`x`"]),
            ("", ["1", "many"], no, ["CI_NODE_TOTAL", "`many`"]),
            ("", ["1", "0"], no, ["CI_NODE_TOTAL", "0 shards"]),
            ("", ["", "3"], no, ["CI_NODE_TOTAL", "CI_NODE_INDEX"]),
            ("", no, ["3", "3"], ["JOB_COMPLETION_INDEX", "0 to 2"]),
            ("", no, ["", "3"], ["FENCEPOST_SHARD_TOTAL", "JOB_COMPLETION_INDEX"]),
        ] {
            let error = resolved(None, shard, ci, job).expect_err(shard);
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}
