//! What the service answers.

use serde::{Deserialize, Serialize};

/// The body of every answer of the service; members that the page doesn't name are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Answer {
    /// `"0"` for success, else a code such as `KOOPHONE.API.1000`.
    pub error_code: String,
    /// A text for people.
    pub error_msg: String,
    /// The result; absent or null in refusals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<StatusWrapper>,
}

/// The result of an accepted request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct StatusWrapper {
    /// The instances, in no promised order.
    pub status_list: Vec<InstanceStatus>,
}

/// One instance and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InstanceStatus {
    /// The instance as it was asked for.
    pub instance_id: String,
    /// From 0 (ready) to 10 (maintaining), as the page's table 5 lists them.
    pub status: i64,
}

impl Answer {
    /// Whether the code is that of success.
    pub fn is_success(&self) -> bool {
        self.error_code == "0"
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;

    use super::Answer;

    #[test]
    fn the_documented_answer_reads_as_success() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let example = contract.document.pointer(
            "/paths/~1instances~1prepare/post/responses/200/content/application~1json/examples/page/value",
        );
        let answer: Answer =
            serde_json::from_value(example.expect("stands there").clone()).expect("is an answer");
        assert!(answer.is_success());
        assert_eq!(answer.data.expect("has data").status_list[0].instance_id, "a44uhlf7");
    }
}
